/** Which polls a moderator asked to see: as the address says it, and as the gateway is asked. */
import { pollStates } from '../../../contracts/poll.ts'
import type { PollFilter } from '../generated/graphql.ts'
import type { PollState } from './poll-parts.ts'

export interface AskedPolls {
  readonly state: PollState | 'all'
  readonly words: string
  readonly shelf: Shelf
  /** The poll that the page before ended with; null: the first page. */
  readonly after: string | null
  /** Counted from 1; only to be told. */
  readonly page: number
}

/** current: all that are not archived, rehearsals among them. */
const shelves = ['current', 'rehearsals', 'archive'] as const
export type Shelf = (typeof shelves)[number]

export const allPolls: AskedPolls = { state: 'all', words: '', shelf: 'current', after: null, page: 1 }

/** What each page holds: as many totals are asked for one after the other. */
export const pageSize = 25

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What an address names wrongly does not filter. */
export function askedFrom(params: URLSearchParams): AskedPolls {
  const [state, shelf] = [params.get('state'), params.get('shelf')]
  const after = params.get('after')
  const page = Number(params.get('page'))
  const hasAfter = after !== null && uuid.test(after)
  return {
    state: pollStates.find((one) => one === state) ?? 'all',
    words: params.get('words') ?? '',
    shelf: shelves.find((one) => one === shelf) ?? 'current',
    after: hasAfter ? after : null,
    page: hasAfter && Number.isSafeInteger(page) && page > 1 ? page : hasAfter ? 2 : 1,
  }
}

/** The search of an address, with its question mark; empty for the first page of all polls. */
export function addressOf({ state, words, shelf, after, page }: AskedPolls): string {
  const params = new URLSearchParams({
    ...(state !== 'all' && { state }),
    ...(words !== '' && { words }),
    ...(shelf !== 'current' && { shelf }),
    ...(after !== null && { after, page: String(page) }),
  }).toString()
  return params === '' ? '' : `?${params}`
}

export function filterOf({ state, words, shelf }: AskedPolls): PollFilter {
  return {
    state: state === 'all' ? null : state,
    search: words.trim() === '' ? null : words,
    archived: shelf === 'archive',
    rehearsal: shelf === 'rehearsals' ? true : null,
  }
}

export const isNarrowed = ({ state, words, shelf }: AskedPolls): boolean =>
  state !== 'all' || words.trim() !== '' || shelf !== 'current'
