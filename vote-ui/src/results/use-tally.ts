/** The tally of a poll, live and never going back. */
import { useEffect, useState } from 'react'
import { follow, type Line } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { TallyFramesSubscription } from '../generated/graphql.ts'
import { newer } from '../../../contracts/newer.ts'

const tallyFrames = graphql(`
  subscription TallyFrames($pollId: ID!) {
    tally(pollId: $pollId) {
      pollId
      version
      asOf
      total
      options {
        optionId
        votes
      }
    }
  }
`)

export type TallyFrame = TallyFramesSubscription['tally']

/** One poll for the life of the component: give it a key by poll. */
export function useTally(streams: Streams, pollId: string): { tally: TallyFrame | null; line: Line } {
  const [tally, setTally] = useState<TallyFrame | null>(null)
  const [line, setLine] = useState<Line>({ at: 'connecting' })
  useEffect(
    () =>
      follow<TallyFramesSubscription>({
        open: (sink) => streams.open(tallyFrames, { pollId }, sink),
        onFrame: (frame) => setTally((shown) => newer(shown, frame.tally)),
        onLine: setLine,
      }),
    [streams, pollId],
  )
  return { tally, line }
}
