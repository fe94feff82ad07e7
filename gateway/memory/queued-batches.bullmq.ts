/** Reads the batches that wait in the queue. */
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { batchQueue, batchShape, sizeOf } from '../../contracts/batch.ts'

/** The id and size of each batch that is not yet done; a job that is no batch counts as empty. */
export async function queuedBatches(redis: Redis): Promise<{ batchId: string; size: number }[]> {
  const queue = new Queue(batchQueue.name, { connection: redis, prefix: batchQueue.prefix })
  queue.on('error', () => undefined)
  try {
    const jobs = await queue.getJobs(['wait', 'active', 'delayed', 'prioritized', 'failed'])
    return jobs.flatMap(({ id, data }) => {
      const batch = batchShape.safeParse(data)
      return id === undefined ? [] : [{ batchId: id, size: batch.success ? sizeOf(batch.data) : 0 }]
    })
  } finally {
    await queue.close()
  }
}
