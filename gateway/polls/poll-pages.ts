/** Cuts a page out of the polls: newest first, filtered, from where the page before ended. */
import type { Poll, PollRecord } from '../../contracts/poll.ts'
import { publicPoll } from '../../contracts/poll.ts'

/** Null and left out: does not narrow the list; but archived polls are only in it where they are asked for. */
export interface PollFilter {
  readonly state?: Poll['state'] | null
  readonly search?: string | null
  readonly archived?: boolean | null
  readonly rehearsal?: boolean | null
}

export interface PollPage {
  readonly polls: readonly Poll[]
  /** How many the filter finds in all. */
  readonly total: number
  /** The `after` of the next page, null at the end. */
  readonly nextAfter: string | null
}

export const mostOfPage = 100

/** `after`: the pollId that the page before ended with; one that is not in the list any more begins anew. */
export function pageOf(
  newestFirst: readonly PollRecord[],
  filter: PollFilter,
  first: number,
  after: string | null,
): PollPage {
  const words = (filter.search ?? '').toLocaleLowerCase('en').split(/\s+/).filter(Boolean)
  const found = newestFirst.filter(
    (poll) =>
      (filter.state == null || poll.state === filter.state) &&
      (poll.archivedAt !== null) === (filter.archived ?? false) &&
      (filter.rehearsal == null || poll.isRehearsal === filter.rehearsal) &&
      (words.length === 0 || holdsAll(poll, words)),
  )
  const from = after === null ? 0 : found.findIndex(({ pollId }) => pollId === after) + 1
  const page = found.slice(from, from + Math.min(Math.max(first, 0), mostOfPage))
  const isEnd = from + page.length >= found.length
  return {
    polls: page.map(publicPoll),
    total: found.length,
    nextAfter: isEnd ? null : (page.at(-1)?.pollId ?? null),
  }
}

function holdsAll(poll: Poll, words: readonly string[]): boolean {
  const texts = [poll.question, poll.description, poll.slug, ...poll.options.map(({ text }) => text)]
  const text = texts.join('\n').toLocaleLowerCase('en')
  return words.every((word) => text.includes(word))
}
