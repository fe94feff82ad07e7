/** Rules of the queue as the books read it, on a real Redis. */
import { Queue } from 'bullmq'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue, hollowBatch, type Batch } from '../../contracts/batch.ts'
import { connectBoth, redisUrl } from '../../tests/live-redis.ts'
import { madeBatch } from '../../tests/made-batch.ts'
import { makeQueuedVotes } from './queued-votes.redis.ts'

describe('the queue', () => {
  it('RP3 tells of each batch its run, its number, and its votes by poll, wherever it lies', async () => {
    await using both = await connectBoth({ command: `${redisUrl}/14` })
    await both.redis.flushdb()
    const queue = new Queue(batchQueue.name, { connection: both.redis, prefix: batchQueue.prefix })
    const votes = (many: number) =>
      Array.from({ length: many }, () => ({
        ...{ optionNo: 1, boxNo: 0, voterKey: 'a'.repeat(32), voteId: uuidv7() },
      }))
    const batch = (seq: number, parts: readonly (readonly [number, number])[]): Batch =>
      madeBatch(
        { run: '0190b5e0-0000-7000-8000-000000000001', seq, accepted: seq * 10, at: 1 },
        parts.map(([pollNo, many]) => ({ pollNo, votes: votes(many) })),
      )
    const add = (its: object, delay = 0) =>
      queue.add(batchQueue.job, its, { jobId: uuidv7(), ...(delay > 0 && { delay }) })
    try {
      await add(batch(1, [[7, 3]]))
      const three = [[7, 2] as const, [9, 2] as const, [8, 1] as const]
      await add(batch(2, three), 60_000)
      await add(hollowBatch)
      const read = makeQueuedVotes(both.redis)
      const seen = [...(await read())].sort((a, b) => a.seq - b.seq)
      expect(seen).toMatchObject([
        { seq: 1, accepted: 10, size: 3, polls: [{ pollNo: 7, votes: 3 }] },
        {
          seq: 2,
          accepted: 20,
          size: 5,
          polls: [
            { pollNo: 7, votes: 2 },
            { pollNo: 9, votes: 2 },
            { pollNo: 8, votes: 1 },
          ],
        },
      ])
      const third = await add(batch(3, [[7, 1]]))
      expect((await read()).map(({ seq }) => seq).sort()).toEqual([1, 2, 3])
      await third.remove()
      expect(await read()).toHaveLength(2)
    } finally {
      await queue.close()
    }
  })
})
