/** Takes batches off the queue and gathers them, so that one transaction settles many. */
import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { backoffMs } from '../../contracts/backoff.ts'
import { batchQueue, sizeOf } from '../../contracts/batch.ts'
import { makeGroupCommit } from '../../runtime/group-commit.ts'
import type { Log } from '../../runtime/log.ts'
import { makeJobTurns } from './job-turns.ts'
import { receivedShape, type ReceivedBatch } from './received-batch.ts'
import type { Settled } from './settle-group.ts'

// One transaction: about 0.1 s of work, so that a screen is never far behind.
const votesPerTransaction = 5_000

// Under load a turn of at least this many votes follows the last at once; a smaller one waits for what else comes.
const turns = { enough: 2_000, pauseMs: 50 }

// How many jobs one worker holds: enough small groups to fill a transaction.
const mostJobs = 200

// The pauses of a batch whose data is at fault.
const unstorableMs = { first: 1_000, longest: 30_000 }

/** It takes no batch before `go`, nor after `rest` until the next `go`. */
export interface Gathering extends AsyncDisposable {
  readonly go: () => void
  readonly rest: () => void
}

/** Closing lets the transaction under way finish and gives the rest back. */
export async function gatherBatches(parts: {
  readonly connection: Redis
  readonly settle: (batches: readonly ReceivedBatch[]) => Promise<Settled[]>
  readonly log: Log
}): Promise<Gathering> {
  const { log } = parts
  const group = makeGroupCommit<ReceivedBatch, Settled>({
    most: votesPerTransaction,
    weigh: ({ batch }) => sizeOf(batch),
    commit: parts.settle,
  })
  const turn = makeJobTurns({
    ...{ ...turns, mostJobs },
    setSlots: (slots) => {
      worker.concurrency = slots
    },
  })
  const worker: Worker<unknown, void, string> = new Worker(
    batchQueue.name,
    async ({ id, data }) => {
      const batch = receivedShape.parse(data)
      if (!('votes' in batch)) return
      if (id === undefined) throw new Error('a batch without an id')
      await turn.take(sizeOf(batch), async () => {
        const settled = await group.add({ batchId: id, batch })
        if (!settled.stored) throw settled.fault
      })
    },
    {
      connection: parts.connection,
      autorun: false,
      prefix: batchQueue.prefix,
      concurrency: 1,
      removeOnComplete: { count: 0 },
      // A worker that dies is noticed within lock + interval; a job never rests in `failed`, however often that was.
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 500,
      settings: { backoffStrategy: (attempts) => backoffMs(attempts, unstorableMs) },
    },
  )
  worker.on('error', (error) => log.debug({ reason: error.message }, 'worker'))
  worker.on('drained', turn.drained)
  worker.on('failed', (job, error) =>
    log.error({ err: error, batchId: job?.id }, 'a batch goes back to the queue'),
  )
  worker.on('stalled', (batchId) => log.warn({ batchId }, 'a batch was left behind by another worker'))
  await worker.waitUntilReady()
  let isStarted = false
  return {
    go() {
      if (isStarted) {
        void worker.resume()
        return
      }
      isStarted = true
      worker.run().catch((error: unknown) => log.error({ err: error }, 'the worker ended'))
    },
    rest() {
      if (isStarted && !worker.isPaused()) void worker.pause(true).catch(() => undefined)
    },
    [Symbol.asyncDispose]: () => worker.close(),
  }
}
