/** Cuts a page out of the polls: newest first, filtered, from where the page before ended. */
import { publicPoll, type Poll, type PollRecord } from '../../contracts/poll.ts'

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

/**
 * `after`: the pollId that the page before ended with, also where the filter no longer finds that poll, or it is gone:
 * whoever goes through all pages meets each poll that stands all the while exactly once.
 */
export function pageOf(
  newestFirst: readonly PollRecord[],
  filter: PollFilter,
  first: number,
  after: string | null,
): PollPage {
  const words = (filter.search ?? '').normalize('NFC').toLocaleLowerCase('en').split(/\s+/).filter(Boolean)
  const isFound = (poll: PollRecord) =>
    (filter.state == null || poll.state === filter.state) &&
    (poll.archivedAt !== null) === (filter.archived ?? false) &&
    (filter.rehearsal == null || poll.isRehearsal === filter.rehearsal) &&
    (words.length === 0 || words.every((word) => searchText(poll).includes(word)))
  const most = Math.min(Math.max(first, 0), mostOfPage)
  // pollIds grow with time, and the list is in their order: a place in it is known without the poll that stood there.
  const isBehind = (poll: PollRecord) => after === null || poll.pollId < after
  const page: PollRecord[] = []
  let total = 0
  let hasMore = false
  for (const poll of newestFirst) {
    if (!isFound(poll)) continue
    total++
    if (!isBehind(poll)) continue
    if (page.length < most) page.push(poll)
    else hasMore = true
  }
  return { polls: page.map(publicPoll), total, nextAfter: hasMore ? (page.at(-1)?.pollId ?? null) : null }
}

// Records are replaced, never changed: what one says is put together once.
const searchTexts = new WeakMap<PollRecord, string>()

function searchText(poll: PollRecord): string {
  const known = searchTexts.get(poll)
  if (known !== undefined) return known
  const texts = [poll.question, poll.description, poll.slug, ...poll.options.map(({ text }) => text)]
  const text = texts.join('\n').normalize('NFC').toLocaleLowerCase('en')
  searchTexts.set(poll, text)
  return text
}
