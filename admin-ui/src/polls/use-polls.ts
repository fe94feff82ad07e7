/** The page of polls that was asked for, kept up to date by the gateway, and by the answers to our own commands. */
import { useCallback, useEffect, useReducer } from 'react'
import { follow } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { PollsPageSubscription } from '../generated/graphql.ts'
import { filterOf, pageSize, type AskedPolls } from './asked-polls.ts'
import { hearOfPolls, noPollsYet, type KnownPolls } from './known-polls.ts'
import { pollOf, type PollParts } from './poll-parts.ts'

const pollsPage = graphql(`
  subscription PollsPage($filter: PollFilter, $first: Int!, $after: ID) {
    polls(filter: $filter, first: $first, after: $after) {
      total
      nextAfter
      polls {
        ...AdminPoll
      }
    }
  }
`)

export interface LivePolls extends KnownPolls {
  /** An answer to a command is news too: it need not wait for the next frame. */
  readonly learn: (poll: PollParts) => void
  readonly forget: (pollId: string) => void
}

interface UsePollsParts {
  readonly streams: Streams
  readonly asked: AskedPolls
  readonly onRefused: () => void
}

export function usePolls({ streams, asked, onRefused }: UsePollsParts): LivePolls {
  const [known, hear] = useReducer(hearOfPolls, noPollsYet)
  // The filter as text: the same question does not open another stream.
  const filter = JSON.stringify(filterOf(asked))
  const { after } = asked
  useEffect(() => {
    hear({ say: 'asked' })
    const variables = { filter: JSON.parse(filter) as ReturnType<typeof filterOf>, first: pageSize, after }
    return follow<PollsPageSubscription>({
      open: (sink) => streams.open(pollsPage, variables, sink),
      onFrame({ polls }) {
        hear({ say: 'frame', page: { ...polls, polls: polls.polls.map(pollOf) } })
      },
      onLine: (line) => hear({ say: 'line', line }),
      onRefused: (refusal) => refusal === 'admin-token-needed' && onRefused(),
    })
  }, [streams, filter, after, onRefused])
  const learn = useCallback((poll: PollParts) => hear({ say: 'learned', poll }), [])
  const forget = useCallback((pollId: string) => hear({ say: 'deleted', pollId }), [])
  return { ...known, learn, forget }
}
