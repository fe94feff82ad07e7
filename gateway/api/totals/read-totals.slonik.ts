/** Reads a poll's counts and hours in one statement, so that they are of one instant. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { PollRecord } from '../../../contracts/poll.ts'
import { bucketShape, bucketsOf, type BucketCounts } from '../graphql/read-timeline.slonik.ts'
import type { StoredTotals } from './totals.ts'

const totalsShape = z.object({
  shards: z.array(z.object({ shard: z.int(), seq: z.int(), asOf: z.number(), counts: z.array(z.int()) })),
  hours: z.array(bucketShape),
})

/** `before`: what was read last, null where nothing was. */
export type ReadTotals = (
  poll: Pick<PollRecord, 'pollNo' | 'timeZone'>,
  before: StoredTotals | null,
) => Promise<StoredTotals>

/**
 * Only the hours in which votes come in are read again: a poll of two days has 46,000 rows of minutes. An hour that is
 * over may still grow, as votes waited long to be counted; then the hours do not add up to the counts, which only
 * grow, and all are read.
 */
export function makeReadTotals(pool: Pick<CommonQueryMethods, 'one'>): ReadTotals {
  const readSince = ({ pollNo, timeZone }: Parameters<ReadTotals>[0], since: number | null) =>
    pool.one(sql.type(totalsShape)`
      select
        coalesce((
          select json_agg(json_build_object('shard', shard, 'seq', seq, 'counts', counts,
            'asOf', floor(extract(epoch from as_of) * 1000)::float8))
          from shard_counts where poll_no = ${pollNo}), '[]') as shards,
        coalesce((
          select json_agg(json_build_object('at', at, 'counts', counts) order by at)
          from (${bucketsOf({ pollNo, timeZone }, 'hour', since)}) as hours), '[]') as hours`)
  return async (poll, before) => {
    const since = before?.hours.at(-2)?.at ?? null
    const { shards, hours } = await readSince(poll, since)
    if (before === null || since === null) return { shards, hours }
    const all = [...before.hours.filter(({ at }) => at < since), ...hours]
    return sum(all) === sum(shards) ? { shards, hours: all } : readSince(poll, null)
  }
}

const sum = (all: readonly Pick<BucketCounts, 'counts'>[]): number =>
  all.reduce((total, { counts }) => counts.reduce((its, n) => its + n, total), 0)
