/** Reads one batch that waits in the queue or is in a worker's hands. */
import type { Redis } from 'ioredis'
import { batchQueue, batchShape, type Batch } from '../../contracts/batch.ts'

/** Null where there is no such job, and where it holds no votes. */
export function makeReadQueued(redis: Pick<Redis, 'hget'>): (batchId: string) => Promise<Batch | null> {
  return async (batchId) => {
    const text = await redis.hget(`${batchQueue.prefix}:${batchQueue.name}:${batchId}`, 'data')
    if (text === null) return null
    const batch = batchShape.safeParse(JSON.parse(text))
    return batch.success ? batch.data : null
  }
}
