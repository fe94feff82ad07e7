/** What is known of the poll that an address names: a union, and how news changes it. */
import { newer } from '../../../contracts/newer.ts'
import type { PollParts } from './poll-parts.ts'

export type PollSearch =
  | { readonly at: 'looking' }
  /** The gateway did not answer; it is asked again by itself. */
  | { readonly at: 'unreachable' }
  | { readonly at: 'unknown' }
  | { readonly at: 'found'; readonly poll: PollParts }

export type PollNews =
  | { readonly say: 'silence' }
  | { readonly say: 'unknown' }
  | { readonly say: 'poll'; readonly poll: PollParts }

/** A poll that is on the page stays there while the line is down, and never goes back to an older version. */
export function hearOfPoll(search: PollSearch, news: PollNews): PollSearch {
  switch (news.say) {
    case 'silence':
      return search.at === 'looking' ? { at: 'unreachable' } : search
    case 'unknown':
      return { at: 'unknown' }
    case 'poll':
      if (search.at !== 'found' || search.poll.pollId !== news.poll.pollId)
        return { at: 'found', poll: news.poll }
      return { at: 'found', poll: newer(search.poll, news.poll) }
    default:
      return news satisfies never
  }
}
