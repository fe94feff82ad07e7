/** One poll, kept up to date by the gateway, and by the answers to our own commands. */
import { useEffect, useReducer } from 'react'
import { follow, type Line } from '../../../contracts/live.ts'
import { newer } from '../../../contracts/newer.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { graphql } from '../generated/index.ts'
import type { OnePollSubscription } from '../generated/graphql.ts'
import type { KnownPolls } from './known-polls.ts'
import { pollOf, type PollParts } from './poll-parts.ts'

const onePoll = graphql(`
  subscription OnePoll($pollId: ID!) {
    poll(pollId: $pollId) {
      ...AdminPoll
    }
  }
`)

export type KnownPoll =
  | { readonly at: 'loading' }
  | { readonly at: 'unreachable' }
  /** There is no such poll, or no more. */
  | { readonly at: 'gone'; readonly wasThere: boolean }
  | { readonly at: 'shown'; readonly poll: PollParts }

export type PollNews =
  | { readonly say: 'frame'; readonly poll: PollParts }
  | { readonly say: 'line'; readonly line: Line }
  | { readonly say: 'refused'; readonly reason: string }

export function hearOfPoll(known: KnownPoll, news: PollNews): KnownPoll {
  switch (news.say) {
    case 'frame':
      return { at: 'shown', poll: newer(known.at === 'shown' ? known.poll : null, news.poll) }
    case 'line':
      return known.at === 'loading' && news.line.at === 'lost' ? { at: 'unreachable' } : known
    case 'refused':
      if (news.reason !== 'unknown-poll' && news.reason !== 'bad-input') return known
      return { at: 'gone', wasThere: known.at === 'shown' || (known.at === 'gone' && known.wasThere) }
    default:
      return news satisfies never
  }
}

/** One poll for the life of the component: give it a key by poll. */
export function usePoll(
  streams: Streams,
  pollId: string,
  { learned, deleted }: Pick<KnownPolls, 'learned' | 'deleted'>,
): KnownPoll {
  const [known, hear] = useReducer(hearOfPoll, { at: 'loading' })
  useEffect(
    () =>
      follow<OnePollSubscription>({
        open: (sink) => streams.open(onePoll, { pollId }, sink),
        onFrame: (frame) => hear({ say: 'frame', poll: pollOf(frame.poll) }),
        onLine: (line) => hear({ say: 'line', line }),
        onRefused: (reason) => hear({ say: 'refused', reason }),
      }),
    [streams, pollId],
  )
  if (deleted.includes(pollId)) return { at: 'gone', wasThere: true }
  const ours = learned.get(pollId)
  // A poll that we have just made may be unknown yet to the gateway process that this stream came to.
  if (ours === undefined || (known.at === 'gone' && known.wasThere)) return known
  return { at: 'shown', poll: newer(ours, known.at === 'shown' ? known.poll : ours) }
}
