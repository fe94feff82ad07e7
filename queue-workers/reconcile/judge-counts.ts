/** Compares what Postgres holds of one poll in four places: ledger, rows, shards and minutes, all of one moment. */
import { batchesText, offText, votesText, type FoundDrift } from './found-drift.ts'

/** rows, shards, minutes: `counts[boxNo * options + optionNo]`. */
export interface StoredCounts {
  /** Votes counted by the ledger. */
  readonly ledger: number
  readonly rows: readonly number[]
  readonly shards: readonly number[]
  readonly minutes: readonly number[]
  /** Rows of the ledger, by shard; and how many there have been, by the heads of their chains. */
  readonly batchesByShard: ReadonlyMap<number, number>
  readonly seqByShard: ReadonlyMap<number, number>
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

const isSame = (a: readonly number[], b: readonly number[]) =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) === (b[i] ?? 0)).every(Boolean)

const words = { rows: 'The stored votes', shards: 'The counters', minutes: 'The counters by minute' } as const

/**
 * None of the four is above the others: what most of them say is taken for right, and the rest is named. Where
 * each says something else, what the ledger's total agrees with, and else the rows of votes.
 */
export function judgeCounts(stored: StoredCounts): FoundDrift[] {
  const { ledger, batchesByShard, seqByShard } = stored
  const names = ['rows', 'shards', 'minutes'] as const
  const voices = (one: (typeof names)[number]) =>
    names.filter((other) => isSame(stored[one], stored[other])).length * 2 +
    (sum(stored[one]) === ledger ? 1 : 0)
  const [right] = [...names].sort((a, b) => voices(b) - voices(a))
  const expected = stored[right ?? 'rows']
  const found: FoundDrift[] = []
  for (const name of names) {
    if (isSame(stored[name], expected)) continue
    const votes = sum(stored[name]) - sum(expected)
    const moved = expected.reduce((all, n, i) => all + Math.max(0, n - (stored[name][i] ?? 0)), 0)
    const says =
      votes === 0
        ? `${words[name]} have ${votesText(moved)} under another option or box.`
        : `${words[name]} have ${offText(votes)}.`
    found.push({ what: name, says, votes: votes === 0 ? moved : votes, heals: false })
  }
  const off = ledger - sum(expected)
  if (off !== 0) {
    const says = `The ledger has ${offText(off)} counted.`
    found.push({ what: 'ledger', says, votes: off, heals: false })
  }
  const gap = gapOf(batchesByShard, seqByShard)
  if (gap !== null) found.push(gap)
  return found
}

/** A chain that counts to seq has as many rows. */
function gapOf(rows: ReadonlyMap<number, number>, seqs: ReadonlyMap<number, number>): FoundDrift | null {
  const shards = [...new Set([...rows.keys(), ...seqs.keys()])].sort((a, b) => a - b)
  const broken = shards.filter((shard) => (rows.get(shard) ?? 0) !== (seqs.get(shard) ?? 0))
  if (broken.length === 0) return null
  const missing = sum(broken.map((shard) => (seqs.get(shard) ?? 0) - (rows.get(shard) ?? 0)))
  const where = `in the ledger's ${broken.length === 1 ? 'chain' : 'chains'} ${broken.join(', ')}`
  const says =
    missing > 0
      ? `${batchesText(missing)} ${missing === 1 ? 'is' : 'are'} missing ${where}.`
      : `The numbers of the batches ${where} have gaps.`
  return { what: 'seqGap', says, votes: 0, heals: false }
}
