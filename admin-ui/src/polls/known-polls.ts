/** What is known of all polls: a union, and how news changes it. */
import { newer } from '../../../contracts/newer.ts'
import type { Line } from '../../../contracts/live.ts'
import type { PollParts } from './poll-parts.ts'

export type KnownPolls =
  | { readonly at: 'loading' }
  /** The gateway did not answer; it is asked again by itself. */
  | { readonly at: 'unreachable' }
  | {
      readonly at: 'shown'
      readonly polls: readonly PollParts[]
      readonly line: Line
      /** Deleted by us: a frame that left before the deletion may not bring them back. */
      readonly deleted: readonly string[]
    }

export type PollsNews =
  | { readonly say: 'line'; readonly line: Line }
  | { readonly say: 'frame'; readonly polls: readonly PollParts[] }
  | { readonly say: 'learned'; readonly poll: PollParts }
  | { readonly say: 'deleted'; readonly pollId: string }

export const noPollsYet: KnownPolls = { at: 'loading' }

/** What is on the page stays there while the line is down, and no poll goes back to an older version. */
export function hearOfPolls(known: KnownPolls, news: PollsNews): KnownPolls {
  switch (news.say) {
    case 'line':
      if (known.at === 'shown') return { ...known, line: news.line }
      return news.line.at === 'lost' ? { at: 'unreachable' } : known
    case 'frame': {
      const before = known.at === 'shown' ? known : null
      const deleted = before?.deleted ?? []
      const polls = news.polls
        .filter(({ pollId }) => !deleted.includes(pollId))
        .map((poll) => newer(before?.polls.find(({ pollId }) => pollId === poll.pollId) ?? null, poll))
      return { at: 'shown', polls, line: { at: 'live' }, deleted }
    }
    case 'learned': {
      if (known.at !== 'shown') return known
      const { poll } = news
      const isNew = known.polls.every(({ pollId }) => pollId !== poll.pollId)
      const polls = known.polls.map((before) =>
        before.pollId === poll.pollId ? newer(before, poll) : before,
      )
      return { ...known, polls: isNew ? [poll, ...polls] : polls }
    }
    case 'deleted': {
      if (known.at !== 'shown') return known
      const polls = known.polls.filter(({ pollId }) => pollId !== news.pollId)
      return { ...known, polls, deleted: [...known.deleted, news.pollId] }
    }
    default:
      return news satisfies never
  }
}
