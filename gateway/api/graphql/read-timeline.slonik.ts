/** A poll's votes over time, from the counters per minute of acceptance. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

/** at: epoch ms at which the bucket begins. counts: as in a tally, `counts[boxNo * options + optionNo]`. */
const bucketRow = z.object({ at: z.number(), counts: z.array(z.int()) })
export type TimelineBucketCounts = z.infer<typeof bucketRow>

/** Oldest first; the newest week of minutes at most, so that no poll grows an answer without end. */
export type ReadTimeline = (
  pollNo: number,
  bucket: 'minute' | 'hour',
) => Promise<readonly TimelineBucketCounts[]>

const most = 7 * 24 * 60

export function readTimelineFromPostgres(pool: Pick<CommonQueryMethods, 'any'>): ReadTimeline {
  return (pollNo, bucket) =>
    pool.any(sql.type(bucketRow)`
      with sums as (
        select date_trunc(${bucket}, minute, 'UTC') as at, place, sum(votes)::bigint as votes
        from minute_counts, unnest(counts) with ordinality as shard_of_minute (votes, place)
        where poll_no = ${pollNo}
        group by 1, 2
      ), newest as (
        select at, to_json(array_agg(votes order by place)) as counts
        from sums
        group by at
        order by at desc
        limit ${most}
      )
      select (extract(epoch from at) * 1000)::float8 as at, counts from newest order by at
    `)
}
