/** Delivers jobs again that were done: the same batchId, the same votes at the same positions. */
import { Queue } from 'bullmq'
import { batchQueue } from '../../contracts/batch.ts'
import { madeBatch } from '../made-batch.ts'
import { newestJobs } from './row-deeds.pg.ts'
import type { Stage } from './stage.ts'

const many = 5

export async function repeatJobs(stage: Stage): Promise<string> {
  const jobs = await newestJobs(stage, many)
  const queue = new Queue(batchQueue.name, {
    connection: { url: stage.redisUrl, maxRetriesPerRequest: null },
    prefix: batchQueue.prefix,
    skipMetasUpdate: true,
  })
  queue.on('error', () => undefined)
  try {
    for (const { batchId, parts, ...header } of jobs) {
      await queue.add(batchQueue.job, madeBatch(header, parts), {
        jobId: batchId,
        attempts: 1_000_000_000,
        backoff: { type: 'capped' },
      })
    }
  } finally {
    await queue.close()
  }
  const votes = jobs.flatMap(({ parts }) => parts.flatMap((part) => part.votes))
  return `${jobs.length} jobs of ${votes.length} votes`
}
