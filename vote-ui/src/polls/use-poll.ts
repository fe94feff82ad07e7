/** One poll, found by the name in its address and then followed live. */
import { useEffect, useReducer, useState } from 'react'
import { told, type UrnaClient } from '../../../contracts/client.ts'
import { backoffMs } from '../../../contracts/backoff.ts'
import { follow, type Line } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { PollChangesSubscription } from '../generated/graphql.ts'
import { hearOfPoll, type PollSearch } from './find-poll.ts'
import { toParts } from './poll-parts.ts'

const pollChanges = graphql(`
  subscription PollChanges($pollId: ID!) {
    poll(pollId: $pollId) {
      ...PollParts
    }
  }
`)

interface UsePollParts {
  readonly client: Pick<UrnaClient, 'trpc'>
  readonly streams: Streams
  readonly slug: string
}

export function usePoll({ client, streams, slug }: UsePollParts): { search: PollSearch; line: Line } {
  const [search, hear] = useReducer(hearOfPoll, { at: 'looking' })
  const [line, setLine] = useState<Line>({ at: 'connecting' })
  const pollId = search.at === 'found' ? search.poll.pollId : null
  const settled = search.at === 'found' || search.at === 'unknown'

  useEffect(() => {
    if (settled) return
    const left = new AbortController()
    let again: ReturnType<typeof setTimeout> | undefined
    let tries = 0
    async function ask() {
      try {
        hear({ say: 'poll', poll: await client.trpc.poll.bySlug.query({ slug }, { signal: left.signal }) })
      } catch (error) {
        if (left.signal.aborted) return
        const { status } = told(error)
        if (status === 404 || status === 400) return hear({ say: 'unknown' })
        hear({ say: 'silence' })
        again = setTimeout(look, backoffMs(++tries))
      }
    }
    function look() {
      clearTimeout(again)
      void ask()
    }
    window.addEventListener('online', look, { signal: left.signal })
    look()
    return () => {
      left.abort()
      clearTimeout(again)
    }
  }, [client, slug, settled])

  useEffect(() => {
    if (pollId === null) return
    return follow<PollChangesSubscription>({
      open: (sink) => streams.open(pollChanges, { pollId }, sink),
      onFrame: (frame) => hear({ say: 'poll', poll: toParts(frame.poll) }),
      onLine: setLine,
      onRefused: (refusal) => refusal === 'unknown-poll' && hear({ say: 'unknown' }),
    })
  }, [streams, pollId])

  return { search, line }
}
