/** A poll's tally as its shards lie on Redis. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShard, sumShards } from '../../contracts/tally.ts'
import type { ReadTally } from './read-tally.ts'

/** Null when Redis has no such key, which is not the same as a poll in which nobody has voted. */
export function readTallyFromRedis(redis: Pick<Redis, 'hgetall'>): ReadTally<null> {
  return async ({ pollId, options, boxes }) => {
    const fields = Object.entries(await redis.hgetall(redisKeys.tally(pollId)))
    if (fields.length === 0) return null
    // A field that is no number (`open`) only says that the poll is known here.
    const shards = fields.flatMap(([name, text]) =>
      /^\d+$/.test(name) ? [decodeShard(Number(name), text)] : [],
    )
    return sumShards(pollId, options.length * boxes.length, shards)
  }
}
