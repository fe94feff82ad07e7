/** Reads from Postgres the counts that Redis is to show. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { ShardCounts } from '../../contracts/tally.ts'

/** as_of in epoch ms. */
const rowShape = z.object({
  poll_id: z.string(),
  shard: z.number().nullable(),
  seq: z.number().nullable(),
  as_of: z.number().nullable(),
  counts: z.array(z.coerce.number()).nullable(),
})
const receivedShape = z.object({ shard: z.number(), received: z.number() })

export type StoredTallies = ReadonlyMap<string, readonly ShardCounts[]>

/** All shards of one poll, by its public id. */
export async function shardsOfPoll(db: CommonQueryMethods, pollId: string): Promise<readonly ShardCounts[]> {
  const found = gathered(
    await db.any(sql.type(rowShape)`
      select p.poll_id, s.shard, s.seq, s.as_of, s.counts
      from polls p join shard_counts s using (poll_no) where p.poll_id = ${pollId}`),
  )
  return found.get(pollId) ?? []
}

/** Which of `polls p` may still be counted in: open, or closed less than an hour ago, as late votes come in. */
export const mayStillCount = sql.fragment`(p.state = 'open' or p.closes_at > now() - interval '1 hour')`

/** All shards of the polls that may still be counted in. */
export async function shardsOfOpenPolls(db: CommonQueryMethods): Promise<StoredTallies> {
  return gathered(
    await db.any(sql.type(rowShape)`
      select p.poll_id, s.shard, s.seq, s.as_of, s.counts
      from polls p left join shard_counts s using (poll_no)
      where ${mayStillCount}`),
  )
}

/** What each shard has received in all. */
export function receivedByShard(db: CommonQueryMethods): Promise<readonly z.infer<typeof receivedShape>[]> {
  return db.any(sql.type(receivedShape)`select shard::int, received from shard_heads`)
}

function gathered(rows: readonly z.infer<typeof rowShape>[]): StoredTallies {
  const polls = new Map<string, ShardCounts[]>()
  for (const { poll_id: pollId, shard, seq, as_of: asOf, counts } of rows) {
    const shards = polls.get(pollId) ?? []
    polls.set(pollId, shards)
    if (shard !== null && seq !== null && asOf !== null && counts !== null)
      shards.push({ shard, seq, asOf, counts })
  }
  return polls
}
