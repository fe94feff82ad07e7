/** Delivers jobs again that were done: the same batchId, the same votes at the same positions. */
import { Queue } from 'bullmq'
import { batchQueue, batchShape, encodeEntry } from '../../contracts/batch.ts'
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
    for (const { batchId, votes, ...header } of jobs) {
      const polls = [...new Set(votes.map(({ pollNo }) => pollNo))]
      const entries = votes.map((vote) => encodeEntry(polls.indexOf(vote.pollNo), vote)).join('')
      const batch = batchShape.parse({ v: 2, ...header, polls, votes: entries })
      await queue.add(batchQueue.job, batch, {
        jobId: batchId,
        attempts: 1_000_000_000,
        backoff: { type: 'capped' },
      })
    }
  } finally {
    await queue.close()
  }
  return `${jobs.length} jobs of ${jobs.reduce((sum, { votes }) => sum + votes.length, 0)} votes`
}
