/** Reads one batch that waits in the queue or is in a worker's hands. */
import { batchQueue, batchShape, queuePrefix, type Batch } from '../../contracts/batch.ts'
import type { Lane } from '../lanes.ts'

/** Null where there is no such job, and where it holds no votes. */
export function makeReadQueued(
  lanes: readonly Pick<Lane, 'no' | 'redis'>[],
): (batchId: string) => Promise<Batch | null> {
  return async (batchId) => {
    // A receipt does not say whose it is: it lies in one of them, or one that is away cannot say.
    const asked = await Promise.allSettled(
      lanes.map(({ no, redis }) => redis.hget(`${queuePrefix(no)}:${batchQueue.name}:${batchId}`, 'data')),
    )
    const found = asked.find((its) => its.status === 'fulfilled' && its.value !== null)
    const silent = asked.find((its) => its.status === 'rejected')
    if (found === undefined && silent !== undefined) throw silent.reason
    const text = found?.status === 'fulfilled' ? found.value : null
    if (text === null) return null
    const batch = batchShape.safeParse(JSON.parse(text))
    return batch.success ? batch.data : null
  }
}
