/** The tally of a poll, live and never going back. */
import { useEffect, useState } from 'react'
import { follow, type Line } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { TallyFramesSubscription } from '../generated/graphql.ts'
import { newer } from '../../../contracts/newer.ts'

const tallyFrames = graphql(`
  subscription TallyFrames($pollId: ID!, $parts: Boolean!) {
    tally(pollId: $pollId) {
      pollId
      pollVersion
      version
      shows
      asOf
      total
      options {
        optionId
        votes
      }
      boxes @include(if: $parts) {
        boxId
        total
        options {
          optionId
          votes
        }
      }
    }
  }
`)

export type TallyFrame = TallyFramesSubscription['tally']

interface TallyAsked {
  readonly pollId: string
  /** Whether each box' counts are wanted: a plain poll's frame says nothing twice. */
  readonly parts: boolean
  /** As whom the gateway may take this viewer: when it changes, the stream is opened anew and judged anew. */
  readonly seenAs: 'stranger' | 'voter'
}

/** One poll for the life of the component: give it a key by poll. heardAs: who asked when the newest frame came. */
export function useTally(
  streams: Streams,
  { pollId, parts, seenAs }: TallyAsked,
): { tally: TallyFrame | null; heardAs: TallyAsked['seenAs'] | null; line: Line } {
  const [tally, setTally] = useState<TallyFrame | null>(null)
  const [heardAs, setHeardAs] = useState<TallyAsked['seenAs'] | null>(null)
  const [line, setLine] = useState<Line>({ at: 'connecting' })
  useEffect(
    () =>
      follow<TallyFramesSubscription>({
        open: (sink) => streams.open(tallyFrames, { pollId, parts }, sink),
        onFrame(frame) {
          setTally((shown) => newer(shown, frame.tally))
          setHeardAs(seenAs)
        },
        onLine: setLine,
      }),
    [streams, pollId, parts, seenAs],
  )
  return { tally, heardAs, line }
}
