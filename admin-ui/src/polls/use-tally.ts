/** The tally of a poll, live and never going back. */
import { useEffect, useState } from 'react'
import { follow, type Line } from '../../../contracts/live.ts'
import { newer } from '../../../contracts/newer.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { AdminTallySubscription } from '../generated/graphql.ts'

const adminTally = graphql(`
  subscription AdminTally($pollId: ID!) {
    tally(pollId: $pollId) {
      ...TallyParts
    }
  }
`)

void graphql(`
  fragment TallyParts on Tally {
    pollId
    pollVersion
    version
    shows
    isRehearsal
    asOf
    total
    options {
      optionId
      votes
    }
    boxes {
      boxId
      total
      options {
        optionId
        votes
      }
    }
  }
`)

export type TallyFrame = AdminTallySubscription['tally']

/** One poll for the life of the component: give it a key by poll. */
export function useTally(streams: Streams, pollId: string): { tally: TallyFrame | null; line: Line } {
  const [tally, setTally] = useState<TallyFrame | null>(null)
  const [line, setLine] = useState<Line>({ at: 'connecting' })
  useEffect(
    () =>
      follow<AdminTallySubscription>({
        open: (sink) => streams.open(adminTally, { pollId }, sink),
        onFrame: (frame) => setTally((shown) => newer(shown, frame.tally)),
        onLine: setLine,
      }),
    [streams, pollId],
  )
  return { tally, line }
}
