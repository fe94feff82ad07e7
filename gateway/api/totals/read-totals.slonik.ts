/** Reads a poll's counts and hours in one statement, so that they are of one instant. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { PollRecord } from '../../../contracts/poll.ts'
import { bucketShape, bucketsOf } from '../graphql/read-timeline.slonik.ts'
import type { StoredTotals } from './totals.ts'

const totalsShape = z.object({
  shards: z.array(z.object({ shard: z.int(), seq: z.int(), asOf: z.number(), counts: z.array(z.int()) })),
  hours: z.array(bucketShape),
})

export function makeReadTotals(
  pool: Pick<CommonQueryMethods, 'one'>,
): (poll: Pick<PollRecord, 'pollNo' | 'timeZone' | 'options'>) => Promise<StoredTotals> {
  return (poll) =>
    pool.one(sql.type(totalsShape)`
      select
        coalesce((
          select json_agg(json_build_object('shard', shard, 'seq', seq, 'counts', counts,
            'asOf', floor(extract(epoch from as_of) * 1000)::float8))
          from shard_counts where poll_no = ${poll.pollNo}), '[]') as shards,
        coalesce((
          select json_agg(json_build_object('at', at, 'counts', counts) order by at)
          from (${bucketsOf(poll, 'hour')}) as hours), '[]') as hours`)
}
