/** The queue seen from outside: how many batches wait in it, and when it is empty. */
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { batchQueue } from '../contracts/batch.ts'
import { rest } from '../runtime/rest.ts'

export interface QueueWatch extends AsyncDisposable {
  /** Jobs that no worker has finished. */
  readonly left: () => Promise<number>
  readonly empty: (withinS: number, signal: AbortSignal) => Promise<void>
}

export function watchQueue(redisUrl: string): QueueWatch {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null })
  connection.on('error', () => undefined)
  const queue = new Queue(batchQueue.name, { connection, prefix: batchQueue.prefix, skipMetasUpdate: true })
  queue.on('error', () => undefined)

  async function left(): Promise<number> {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'prioritized')
    return Object.values(counts).reduce((sum, n) => sum + n, 0)
  }
  return {
    left,
    async empty(withinS, signal) {
      const giveUpAt = Date.now() + withinS * 1000
      for (;;) {
        const jobs = await left()
        if (jobs === 0) return
        if (Date.now() > giveUpAt) throw new Error(`${jobs} jobs are still in the queue after ${withinS} s`)
        await rest(25, signal)
        signal.throwIfAborted()
      }
    },
    async [Symbol.asyncDispose]() {
      await queue.close()
      connection.disconnect()
    },
  }
}
