/** Delivers jobs again that were done: the same batchId, the same votes at the same positions. */
import { Queue } from 'bullmq'
import { batchQueue } from '../../contracts/batch.ts'
import { madeBatch } from '../made-batch.ts'
import type { Deed } from './deeds.ts'
import { newestJobs } from './row-deeds.pg.ts'
import type { Stage } from './stage.ts'

const many = 5

export async function repeatJobs(stage: Stage): Promise<Deed> {
  const jobs = await newestJobs(stage, many)
  const queue = new Queue(batchQueue.name, {
    connection: { url: stage.redisUrl, maxRetriesPerRequest: null },
    prefix: batchQueue.prefix,
    skipMetasUpdate: true,
  })
  queue.on('error', () => undefined)
  let repeated = 0
  let inAll = 0
  try {
    for (const { batchId, parts, ...header } of jobs) {
      // One that has not left the queue yet is not put into it again.
      if ((await stage.redis.exists(`${batchQueue.prefix}:${batchQueue.name}:${batchId}`)) > 0) continue
      await queue.add(batchQueue.job, madeBatch(header, parts), {
        jobId: batchId,
        attempts: 1_000_000_000,
        backoff: { type: 'capped' },
      })
      repeated++
      inAll += parts.reduce((sum, { votes }) => sum + votes.length, 0)
    }
  } finally {
    await queue.close()
  }
  return { happened: repeated > 0, says: `jobs repeated: ${repeated}, of ${inAll} votes` }
}
