/** What the books of a poll say, in words: whether all is accounted for, and which source stands where. */
import { wholeNumber } from '../polls/poll-row.tsx'
import type { CountSource, Drift, PollBooks } from './use-books.ts'

/** calm: all is accounted for. busy: something is being put right by itself. stuck: a person has to look. */
export type BooksMood = 'calm' | 'busy' | 'stuck'

/** onTheirWay: said beside it, in another element: its number changes all the time and is not to be read out. */
export function judgeBooks(
  { books, drifts }: PollBooks,
  nowMs: number,
): {
  readonly mood: BooksMood
  readonly says: string
  readonly onTheirWay: string | null
} {
  const { waiting } = books
  const onTheirWay =
    waiting === 0
      ? null
      : `${wholeNumber.format(waiting)} ${waiting === 1 ? 'is still on its way' : 'are still on their way'}.`
  const { mood, says } = verdict({ books, drifts }, nowMs)
  return { mood, says, onTheirWay: mood === 'calm' ? onTheirWay : null }
}

function verdict(
  { books, drifts }: Pick<PollBooks, 'books' | 'drifts'>,
  nowMs: number,
): { readonly mood: BooksMood; readonly says: string } {
  const { unexplained, lost } = books
  if (lost > 0) return { mood: 'stuck', says: `${sayVotes(lost)} ${lost === 1 ? 'is' : 'are'} lost.` }
  if (unexplained !== 0) {
    const isOne = Math.abs(unexplained) === 1
    return {
      mood: 'stuck',
      says:
        unexplained > 0
          ? `${sayVotes(unexplained)} ${isOne ? 'was' : 'were'} accepted and cannot be found.`
          : `${sayVotes(-unexplained)} ${isOne ? 'is' : 'are'} in the books that nobody accepted.`,
    }
  }
  const healings = drifts.map((drift) => healingOf(drift, nowMs))
  if (healings.includes('never')) return { mood: 'stuck', says: 'A number is not what it should be.' }
  if (healings.includes('overdue')) return { mood: 'stuck', says: 'A number is off, and has not healed.' }
  if (drifts.length > 0) return { mood: 'busy', says: 'A number is off, and is being put right by itself.' }
  return { mood: 'calm', says: 'Every accepted vote is accounted for.' }
}

// What heals by itself takes seconds.
const healsWithinMs = 60_000

/** overdue: it should have healed by itself, and has not. */
export function healingOf(
  { heals, since }: Pick<Drift, 'heals' | 'since'>,
  nowMs: number,
): 'under way' | 'overdue' | 'never' {
  if (!heals) return 'never'
  return nowMs - Date.parse(since) > healsWithinMs ? 'overdue' : 'under way'
}

/** agrees: the ledger says the same. differs: it does not, and a drift says so. on its way: nobody worries yet. */
export type SourceStand =
  | { readonly is: 'agrees' }
  | { readonly is: 'differs' | 'on its way'; readonly by: number }
  | { readonly is: 'unread'; readonly why: string }

/** Each is held against what the ledger has, or would have without the drift that is said of it. */
export function standOf(
  { name, votes, fault }: CountSource,
  { sources, drifts }: Pick<PollBooks, 'sources' | 'drifts'>,
): SourceStand {
  if (votes === null) return { is: 'unread', why: fault ?? 'It could not be read.' }
  const driftOf = (what: string) => drifts.find((drift) => drift.what === what)
  const ledger = sources.find((source) => source.name === 'ledger')?.votes ?? null
  const drift = driftOf(name)
  const by = ledger === null ? (drift?.votes ?? 0) : votes - (ledger - (driftOf('ledger')?.votes ?? 0))
  if (drift !== undefined) return { is: 'differs', by: by === 0 ? drift.votes : by }
  if (by === 0) return { is: 'agrees' }
  // What is shown follows the counters: while they are false nothing of it is put right.
  const isHeldUp = name === 'shown' && driftOf('shards') !== undefined
  return { is: isHeldUp ? 'differs' : 'on its way', by }
}

/** "for 12 s", "for 3 min", "for 2 h". */
export function forHowLong({ since }: Pick<Drift, 'since'>, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1000))
  if (seconds < 60) return `for ${seconds} s`
  if (seconds < 3_600) return `for ${Math.floor(seconds / 60)} min`
  return `for ${Math.floor(seconds / 3_600)} h`
}

/** "12 too many", "1 too few". */
export const sayOff = (by: number): string =>
  by === 0 ? 'in its parts' : `${wholeNumber.format(Math.abs(by))} too ${by > 0 ? 'many' : 'few'}`

const sayVotes = (votes: number) => `${wholeNumber.format(votes)} ${votes === 1 ? 'vote' : 'votes'}`
