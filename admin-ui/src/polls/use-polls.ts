/** All polls, kept up to date by the gateway, and by the answers to our own commands. */
import { useCallback, useEffect, useReducer } from 'react'
import { follow } from '../../../contracts/live.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { AllPollsSubscription } from '../generated/graphql.ts'
import { hearOfPolls, noPollsYet, type KnownPolls } from './known-polls.ts'
import type { PollParts } from './poll-parts.ts'

const allPolls = graphql(`
  subscription AllPolls {
    polls(first: 100) {
      polls {
        ...AdminPoll
      }
    }
  }
`)

export interface LivePolls {
  readonly known: KnownPolls
  /** An answer to a command is news too: it need not wait for the next frame. */
  readonly learn: (poll: PollParts) => void
  readonly forget: (pollId: string) => void
}

interface UsePollsParts {
  readonly streams: Streams
  readonly onRefused: () => void
}

export function usePolls({ streams, onRefused }: UsePollsParts): LivePolls {
  const [known, hear] = useReducer(hearOfPolls, noPollsYet)
  useEffect(
    () =>
      follow<AllPollsSubscription>({
        open: (sink) => streams.open(allPolls, {}, sink),
        onFrame: (frame) => hear({ say: 'frame', polls: frame.polls.polls }),
        onLine: (line) => hear({ say: 'line', line }),
        onRefused: (refusal) => refusal === 'admin-token-needed' && onRefused(),
      }),
    [streams, onRefused],
  )
  const learn = useCallback((poll: PollParts) => hear({ say: 'learned', poll }), [])
  const forget = useCallback((pollId: string) => hear({ say: 'deleted', pollId }), [])
  return { known, learn, forget }
}
