/** Judges what Redis shows of a poll: behind is on its way, for a while; anything else that differs is false. */
import { compareTally, type Mend } from '../../contracts/mends.ts'
import type { ShardCounts } from '../../contracts/tally.ts'
import { votesText, type FoundDrift } from './found-drift.ts'

// A worker writes within milliseconds of its commit, a restore of Redis takes a second.
const behindForMs = 2_000

export interface JudgedShown {
  readonly total: number
  readonly drift: FoundDrift | null
  readonly mends: readonly Mend[]
  /** It has stayed behind: it is to be written whole. */
  readonly isStuck: boolean
}

/** `now`: ms of a clock that only goes forward. */
export function makeJudgeShown(): (
  pollId: string,
  fields: Readonly<Record<string, string>>,
  stored: readonly ShardCounts[],
  now: number,
) => JudgedShown {
  // What a poll had to reach, and since when it has not.
  const awaited = new Map<string, { readonly since: number; readonly seqs: ReadonlyMap<number, number> }>()

  return (pollId, fields, stored, now) => {
    const { total, mends, behind } = compareTally(fields, stored)
    const off = total - stored.reduce((sum, { counts }) => sum + counts.reduce((all, n) => all + n, 0), 0)
    let its = awaited.get(pollId)
    const isReached = its === undefined || !behind.some(({ shard }) => isBehind(fields, shard, its))
    if (isReached) {
      its = { since: now, seqs: new Map(behind.map(({ shard, seq }) => [shard, seq])) }
      if (behind.length === 0) awaited.delete(pollId)
      else awaited.set(pollId, its)
    }
    const isStuck = behind.length > 0 && !isReached && its !== undefined && now - its.since > behindForMs
    if (mends.length > 0) {
      const says =
        off === 0
          ? 'The tally shown has votes under another option or box.'
          : `The tally shown has ${votesText(off)} ${off > 0 ? 'more' : 'fewer'} than are stored.`
      return { total, drift: { what: 'shown', says, votes: off, heals: true }, mends, isStuck }
    }
    const says = `The tally shown is ${votesText(off)} behind what is stored.`
    return { total, drift: isStuck ? { what: 'shown', says, votes: off, heals: true } : null, mends, isStuck }
  }
}

/** Whether a shard still is older than what was awaited of it. */
function isBehind(
  fields: Readonly<Record<string, string>>,
  shard: number,
  awaited: { readonly seqs: ReadonlyMap<number, number> } | undefined,
): boolean {
  const text = fields[String(shard)]
  const seq = text === undefined ? 0 : Number(/^\[(\d+)/.exec(text)?.[1] ?? 0)
  return seq < (awaited?.seqs.get(shard) ?? 0)
}
