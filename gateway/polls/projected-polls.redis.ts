/** Reads the polls as Redis has them; what a memory has that is being restored is no word on any poll. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { pollRecordShape, type PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'

const oneShape = z.tuple([z.string().nullable(), z.string().nullable()])
const allShape = z.tuple([z.string().nullable(), z.string().nullable(), z.array(z.string())])

/** One poll; null where there is none, 'unfit' where Redis cannot say. */
export async function readProjectedPoll(redis: Redis, pollId: string): Promise<PollRecord | null | 'unfit'> {
  const answers = await execAll(redis.multi().get(redisKeys.epoch).hget(redisKeys.polls, pollId))
  const [epoch, text] = oneShape.parse(answers)
  if (text !== null) return pollRecordShape.parse(JSON.parse(text))
  return epoch === null ? 'unfit' : null
}

/** How often the polls on Redis have changed; null where it knows none. */
export function countPollChanges(redis: Redis): Promise<string | null> {
  return redis.get(redisKeys.pollsChanges)
}

/** All polls, with the count of changes that they show; 'unfit' where Redis cannot say. */
export async function readProjectedPolls(
  redis: Redis,
): Promise<{ readonly polls: readonly PollRecord[]; readonly changes: string | null } | 'unfit'> {
  const { epoch: epochKey, pollsChanges, polls: pollsKey } = redisKeys
  const answers = await execAll(redis.multi().get(epochKey).get(pollsChanges).hvals(pollsKey))
  const [epoch, changes, texts] = allShape.parse(answers)
  if (epoch === null) return 'unfit'
  return { polls: texts.map((text) => pollRecordShape.parse(JSON.parse(text))), changes }
}
