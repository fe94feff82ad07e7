/** Reads at one instant what Redis shows of polls, and what it knows of the runs that took their votes. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'

const hashShape = z.record(z.string(), z.string())

export interface ShownPoll {
  /** The fields of the poll's tally; none where Redis has no tally. */
  readonly tally: Readonly<Record<string, string>>
  /** Run -> votes of this poll that it has put into jobs. */
  readonly accepted: Readonly<Record<string, string>>
}

export interface Shown {
  /** Run -> its last seq. */
  readonly batches: Readonly<Record<string, string>>
  readonly polls: ReadonlyMap<string, ShownPoll>
}

export async function readShown(redis: Redis, pollIds: readonly string[]): Promise<Shown> {
  const asking = redis.multi().hgetall(redisKeys.batches)
  for (const pollId of pollIds)
    asking.hgetall(redisKeys.tally(pollId)).hgetall(redisKeys.acceptedOfPoll(pollId))
  const [batches = {}, ...hashes] = z.array(hashShape).parse(await execAll(asking))
  const polls = pollIds.map(
    (pollId, i) => [pollId, { tally: hashes[2 * i] ?? {}, accepted: hashes[2 * i + 1] ?? {} }] as const,
  )
  return { batches, polls: new Map(polls) }
}
