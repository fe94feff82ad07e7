/** A poll's tally as its shards lie on Redis. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShards, sumShards } from '../../contracts/tally.ts'
import type { ReadTally } from './read-tally.ts'

type Fields = Readonly<Record<string, string>>

interface Asked {
  readonly key: string
  readonly resolve: (fields: Fields) => void
  readonly reject: (error: unknown) => void
}

/** Null when Redis has no such key, which is not the same as a poll in which nobody has voted. */
export function readTallyFromRedis(redis: Pick<Redis, 'pipeline'>): ReadTally<null> {
  const read = gatherReads(redis)
  return async ({ pollId, options, boxes }) => {
    const fields = await read(redisKeys.tally(pollId))
    if (Object.keys(fields).length === 0) return null
    return sumShards(pollId, options.length * boxes.length, decodeShards(fields))
  }
}

/** What is asked for in one turn leaves in one write: the price of a read is its way there and back. */
function gatherReads(redis: Pick<Redis, 'pipeline'>): (key: string) => Promise<Fields> {
  let asked: Asked[] = []

  async function ask(): Promise<void> {
    const batch = asked
    asked = []
    try {
      const pipeline = redis.pipeline()
      for (const { key } of batch) pipeline.hgetall(key)
      const answers = await pipeline.exec()
      for (const [i, { resolve, reject }] of batch.entries()) {
        const [error, fields] = answers?.[i] ?? [new Error('Redis did not answer')]
        if (error) reject(error)
        else resolve(fields as Fields)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (asked.push({ key, resolve, reject }) === 1) setImmediate(() => void ask())
    })
}
