/** A poll's tally as its shards lie on Redis. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShards, sumShards } from '../../contracts/tally.ts'
import type { ReadTally } from './read-tally.ts'

/** Null when Redis has no such key, which is not the same as a poll in which nobody has voted. */
export function readTallyFromRedis(redis: Pick<Redis, 'hgetall'>): ReadTally<null> {
  return async ({ pollId, options, boxes }) => {
    const fields = await redis.hgetall(redisKeys.tally(pollId))
    if (Object.keys(fields).length === 0) return null
    return sumShards(pollId, options.length * boxes.length, decodeShards(fields))
  }
}
