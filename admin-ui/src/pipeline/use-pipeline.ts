/** Where votes are, once a second, with the last minute kept in memory. */
import { useEffect, useReducer } from 'react'
import { follow } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { PipelineFramesSubscription } from '../generated/graphql.ts'
import { hearOfPipeline, noPipelineYet, type PipelineView } from './pipeline-view.ts'

const pipelineFrames = graphql(`
  subscription PipelineFrames {
    pipeline {
      asOf
      acceptedPerSecond
      countedPerSecond
      accepted
      hops {
        name
        waiting
        oldestMs
      }
      kafkaReachable
    }
  }
`)

export function usePipeline(streams: Streams): PipelineView {
  const [view, hear] = useReducer(hearOfPipeline, noPipelineYet)
  useEffect(
    () =>
      follow<PipelineFramesSubscription>({
        open: (sink) => streams.open(pipelineFrames, {}, sink),
        onFrame: (frame) => hear({ say: 'frame', frame: frame.pipeline }),
        onLine: (line) => hear({ say: 'line', line }),
      }),
    [streams],
  )
  return view
}
