/** A poll's tally as its counters stand in Postgres. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { sumShards } from '../../contracts/tally.ts'
import type { ReadTally } from './read-tally.ts'

const shardRow = z.object({
  shard: z.int(),
  seq: z.int(),
  asOf: z.number(),
  counts: z.array(z.int()),
})

/** A poll without counters has a tally of zeros. */
export function readTallyFromPostgres(pool: Pick<CommonQueryMethods, 'any'>): ReadTally<never> {
  return async ({ pollId, pollNo, options, boxes }) => {
    const shards = await pool.any(sql.type(shardRow)`
      select shard, seq, floor(extract(epoch from as_of) * 1000)::float8 as "asOf", to_json(counts) as counts
      from shard_counts
      where poll_no = ${pollNo}
    `)
    return sumShards(pollId, options.length * boxes.length, shards)
  }
}
