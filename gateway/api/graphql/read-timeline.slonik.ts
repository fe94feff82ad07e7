/** A poll's votes over time, from the counters per minute of acceptance. */
import { sql, type CommonQueryMethods, type FragmentSqlToken } from 'slonik'
import { z } from 'zod'
import type { PollRecord } from '../../../contracts/poll.ts'

/** at: epoch ms at which the bucket begins. counts: as in a tally, `counts[boxNo * options + optionNo]`. */
export const bucketShape = z.object({ at: z.number(), counts: z.array(z.int()) })
export type BucketCounts = z.infer<typeof bucketShape>

type Timed = Pick<PollRecord, 'pollNo' | 'timeZone' | 'options'>
type Bucket = 'minute' | 'hour'

/** The most that is told of a poll's hours: two weeks. */
export const mostHours = 14 * 24

/** Oldest first; the newest ones, so many that no poll grows an answer without end. */
export type ReadTimeline = (poll: Timed, bucket: Bucket) => Promise<readonly BucketCounts[]>

// A week of minutes; and 100,000 numbers, which are about 5 MB of JSON with their names.
const most = { minute: 7 * 24 * 60, hour: mostHours } as const
const mostNumbers = 100_000

/**
 * Buckets as the clocks of the poll's time zone tell them: an hour may begin at a half of ours, and one that is told
 * twice, as clocks are set back, is two. `since`: epoch ms, the begin of a bucket; null = all, of minutes the newest week.
 */
export function bucketsOf(
  { pollNo, timeZone }: Pick<Timed, 'pollNo' | 'timeZone'>,
  bucket: Bucket,
  since: number | null = null,
): FragmentSqlToken {
  const from =
    since !== null
      ? sql.fragment`minute >= to_timestamp(${since / 1_000})`
      : bucket === 'hour'
        ? sql.fragment`true`
        : sql.fragment`minute > (select max(minute) from minute_counts where poll_no = ${pollNo}) - interval '7 days'`
  return sql.fragment`
    with sums as (
      select date_trunc(${bucket}, minute, ${timeZone}) as at, place, sum(votes)::bigint as votes
      from minute_counts, unnest(counts) with ordinality as shard_of_minute (votes, place)
      where poll_no = ${pollNo} and ${from}
      group by 1, 2
    )
    select (extract(epoch from at) * 1000)::float8 as at, to_json(array_agg(votes order by place)) as counts
    from sums group by sums.at`
}

export function readTimelineFromPostgres(pool: Pick<CommonQueryMethods, 'any'>): ReadTimeline {
  return async (poll, bucket) => {
    const newest = Math.min(most[bucket], Math.ceil(mostNumbers / poll.options.length))
    const buckets = await pool.any(sql.type(bucketShape)`
      select at, counts from (${bucketsOf(poll, bucket)}) as buckets order by at desc limit ${newest}`)
    return buckets.toReversed()
  }
}
