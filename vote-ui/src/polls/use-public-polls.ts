/** The polls that everyone may see, kept up to date by the gateway. */
import { useEffect, useState } from 'react'
import { follow, type Line } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { PublicPollsSubscription } from '../generated/graphql.ts'
import { toParts, type PollParts } from './poll-parts.ts'

const publicPolls = graphql(`
  subscription PublicPolls {
    publicPolls {
      ...PollParts
    }
  }
`)

/** `polls` is null until the first frame; after that it holds the last that was known, whatever the line. */
export interface PublicPolls {
  readonly polls: readonly PollParts[] | null
  readonly line: Line
}

export function usePublicPolls(streams: Streams): PublicPolls {
  const [polls, setPolls] = useState<readonly PollParts[] | null>(null)
  const [line, setLine] = useState<Line>({ at: 'connecting' })
  useEffect(
    () =>
      follow<PublicPollsSubscription>({
        open: (sink) => streams.open(publicPolls, {}, sink),
        onFrame: (frame) => setPolls(frame.publicPolls.map(toParts)),
        onLine: setLine,
      }),
    [streams],
  )
  return { polls, line }
}
