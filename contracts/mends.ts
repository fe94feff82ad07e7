/** Compares the tally that Redis shows with the shards that Postgres holds: what is false, and what is only behind. */
import { decodeShard, encodeShard, type ShardCounts } from './tally.ts'

/** Puts one shard right where it still is what was seen. value: null takes it away. */
export interface Mend {
  readonly shard: number
  readonly seen: string
  readonly value: string | null
}

/** total: of the counts shown. behind: shards that are older than stored, or missing, with the seq that is stored. */
export interface ComparedTally {
  readonly total: number
  readonly mends: readonly Mend[]
  readonly behind: readonly { readonly shard: number; readonly seq: number }[]
}

/**
 * `fields`: the tally's hash, read before the shards were: what is shown was committed before, so no shard may be newer
 * than stored, and one of the same seq has the same counts.
 */
export function compareTally(
  fields: Readonly<Record<string, string>>,
  stored: readonly ShardCounts[],
): ComparedTally {
  const byShard = new Map(stored.map((shard) => [shard.shard, shard]))
  const mends: Mend[] = []
  let total = 0
  for (const [field, seen] of Object.entries(fields)) {
    if (!/^\d+$/.test(field)) continue
    const shard = Number(field)
    const its = byShard.get(shard)
    const shown = readShard(shard, seen)
    total += shown?.counts.reduce((sum, n) => sum + n, 0) ?? 0
    const isTrue = shown !== null && its !== undefined && (shown.seq < its.seq || isSame(shown, its))
    if (!isTrue) mends.push({ shard, seen, value: its === undefined ? null : encodeShard(its) })
  }
  const behind = stored.flatMap(({ shard, seq }) => {
    const text = fields[String(shard)]
    const shown = text === undefined ? null : readShard(shard, text)
    return text === undefined || (shown !== null && shown.seq < seq) ? [{ shard, seq }] : []
  })
  return { total, mends, behind }
}

const isSame = (a: ShardCounts, b: ShardCounts) =>
  a.seq === b.seq && a.counts.length === b.counts.length && a.counts.every((n, i) => n === b.counts[i])

function readShard(shard: number, text: string): ShardCounts | null {
  try {
    return decodeShard(shard, text)
  } catch {
    return null
  }
}
