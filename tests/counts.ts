/** What can be seen from outside of a poll's votes: rows, ledger, tally on Redis. */
import { batchQueue } from '../contracts/batch.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { decodeShards, sumShards } from '../contracts/tally.ts'
import { until, type House } from './house.ts'

/** BullMQ's list of the jobs that a worker has in its hands. */
export const activeJobs = `${batchQueue.prefix}:${batchQueue.name}:active`

/** The stored votes as `voteId option` lines, sorted. */
export async function storedVotes(house: House, pollId: string): Promise<string[]> {
  const rows = await house.rows<{ vote_id: string; option_id: string }>(
    `select v.vote_id, o.option_id from votes v join polls p using (poll_no)
     join poll_options o using (poll_no, option_no) where p.poll_id = $1`,
    [pollId],
  )
  return rows.map((row) => `${row.vote_id} ${row.option_id}`).sort()
}

/** The sum over the poll's shards on Redis. */
export async function shownTotal(house: House, pollId: string): Promise<number> {
  const fields = await house.redis.hgetall(redisKeys.tally(pollId))
  const shards = decodeShards(fields)
  const size = Math.max(0, ...shards.map(({ counts }) => counts.length))
  return sumShards(pollId, size, shards).counts.reduce((sum, n) => sum + n, 0)
}

/** Resolves when this many votes of the poll are stored and shown. */
export async function untilCounted(
  house: House,
  pollId: string,
  votes: number,
  withinMs?: number,
): Promise<void> {
  await until(
    `${votes} votes stored`,
    async () => (await storedVotes(house, pollId)).length >= votes,
    withinMs,
  )
  await until(`${votes} votes shown`, async () => (await shownTotal(house, pollId)) === votes, withinMs)
}

/** accepted (by the runs) = counted + repeat + refused + rejected (by the ledger), with nothing waiting or lost. */
export async function books(
  house: House,
): Promise<{ accepted: number; received: number; counted: number; missing: number }> {
  const [row] = await house.rows<{ accepted: number; received: number; counted: number; missing: number }>(
    `select (select coalesce(sum(accepted), 0)::int from gateway_runs) as accepted,
       coalesce(sum(received), 0)::int as received, coalesce(sum(counted), 0)::int as counted,
       (select count(*)::int from batches_not_in_ledger) as missing
     from ledger`,
  )
  if (row === undefined) throw new Error('no books')
  return row
}
