/** What is known of the polls on the page, and of those that we changed ourselves: how news changes it. */
import { newer } from '../../../contracts/newer.ts'
import type { Line } from '../../../contracts/live.ts'
import type { PollParts } from './poll-parts.ts'

export interface PollPage {
  readonly polls: readonly PollParts[]
  /** How many the filter finds in all. */
  readonly total: number
  /** Where the next page begins; null at the end. */
  readonly nextAfter: string | null
}

export type PollList =
  | { readonly at: 'loading' }
  /** The gateway did not answer; it is asked again by itself. */
  | { readonly at: 'unreachable' }
  | {
      readonly at: 'shown'
      readonly page: PollPage
      readonly line: Line
      /** Something else was asked for and has not come yet. */
      readonly isOld: boolean
      /** Grows with every frame: the moment to count anew. */
      readonly frame: number
    }

export interface KnownPolls {
  readonly list: PollList
  /** The answers to our own commands: they need not wait for a frame. */
  readonly learned: ReadonlyMap<string, PollParts>
  /** Deleted by us: a frame that left before the deletion may not bring them back. */
  readonly deleted: readonly string[]
}

export type PollsNews =
  | { readonly say: 'asked' }
  | { readonly say: 'line'; readonly line: Line }
  | { readonly say: 'frame'; readonly page: PollPage }
  | { readonly say: 'learned'; readonly poll: PollParts }
  | { readonly say: 'deleted'; readonly pollId: string }

export const noPollsYet: KnownPolls = { list: { at: 'loading' }, learned: new Map(), deleted: [] }

/** What is on the page stays there while the line is down, and no poll goes back to an older version. */
export function hearOfPolls(known: KnownPolls, news: PollsNews): KnownPolls {
  const { list, learned, deleted } = known
  switch (news.say) {
    case 'asked':
      return { ...known, list: list.at === 'shown' ? { ...list, isOld: true } : { at: 'loading' } }
    case 'line':
      if (list.at === 'shown') return { ...known, list: { ...list, line: news.line } }
      return news.line.at === 'lost' ? { ...known, list: { at: 'unreachable' } } : known
    case 'frame': {
      const { page } = news
      const shown = list.at === 'shown' ? list.page.polls : []
      const standing = page.polls.filter(({ pollId }) => !deleted.includes(pollId))
      const polls = standing.map((poll) => {
        const before = shown.find(({ pollId }) => pollId === poll.pollId) ?? null
        return newer(learned.get(poll.pollId) ?? null, newer(before, poll))
      })
      const total = page.total - (page.polls.length - standing.length)
      const frame = list.at === 'shown' ? list.frame + 1 : 1
      return {
        ...known,
        list: { at: 'shown', page: { ...page, polls, total }, line: { at: 'live' }, isOld: false, frame },
      }
    }
    case 'learned': {
      const { poll } = news
      const newest = newer(learned.get(poll.pollId) ?? null, poll)
      const replace = (before: PollParts) => (before.pollId === poll.pollId ? newer(before, newest) : before)
      return {
        ...known,
        learned: new Map(learned).set(poll.pollId, newest),
        list: withPolls(list, (polls) => polls.map(replace)),
      }
    }
    case 'deleted':
      return {
        ...known,
        deleted: [...deleted, news.pollId],
        list: withPolls(list, (polls) => polls.filter(({ pollId }) => pollId !== news.pollId)),
      }
    default:
      return news satisfies never
  }
}

function withPolls(list: PollList, change: (polls: readonly PollParts[]) => readonly PollParts[]): PollList {
  if (list.at !== 'shown') return list
  const polls = change(list.page.polls)
  const total = list.page.total - (list.page.polls.length - polls.length)
  return { ...list, page: { ...list.page, polls, total } }
}
