/** Takes batches off the queue and gathers them, so that one transaction settles many. */
import { DelayedError, Worker, type Job, type JobJson } from 'bullmq'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { backoffMs } from '../../contracts/backoff.ts'
import { batchQueue, isOfLaterForm, looseBatchShape, queuePrefix, sizeOf } from '../../contracts/batch.ts'
import { makeGroupCommit } from '../../runtime/group-commit.ts'
import type { Log } from '../../runtime/log.ts'
import { makeJobTurns } from './job-turns.ts'
import { hollowShape, type ReceivedBatch } from './received-batch.ts'
import type { Settled } from './settle-group.ts'
import type { UnreadableJob } from './unreadable-jobs.slonik.ts'

// One transaction: about 0.1 s of work, so that a screen is never far behind.
const votesPerTransaction = 5_000

// Under load a turn of at least this many votes follows the last at once; a smaller one waits for what else comes.
const turns = { enough: 2_000, pauseMs: 50 }

// How many jobs one worker holds: enough small groups to fill a transaction.
const mostJobs = 200

// The pauses of a batch whose data is at fault.
const unstorableMs = { first: 1_000, longest: 30_000 }

// A job that cannot be read when the worker stops is for the next one to keep.
const leftForMs = 1_000

// A job of a later release waits for a worker of it; while there is none it is looked at this often, and told seldom.
const laterForm = { againMs: 2_000, tellMs: 60_000 }

const idShape = z.uuid()

/** A job whose data is no JSON comes as that text; BullMQ's own reading would throw, and leave it to stall for ever. */
class BatchWorker extends Worker<unknown, void, string> {
  protected override createJob(json: JobJson, jobId: string): Job<unknown, void> {
    try {
      return super.createJob(json, jobId)
    } catch {
      return super.createJob({ ...json, data: JSON.stringify(json.data) }, jobId)
    }
  }
}

/** It takes no batch before `go`, nor after `rest` until the next `go`. */
export interface Gathering extends AsyncDisposable {
  readonly go: () => void
  readonly rest: () => void
}

/** Closing lets the transaction under way finish and gives the rest back. */
export async function gatherBatches(parts: {
  readonly connection: Redis
  readonly lane: number
  readonly settle: (batches: readonly ReceivedBatch[]) => Promise<Settled[]>
  /** Keeps a job that is no batch; false where it could not before the worker was stopped. */
  readonly setAside: (job: UnreadableJob) => Promise<boolean>
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
  let toldAt = -Infinity
  async function leaveToLaterRelease(job: Job<unknown, void>, token: string | undefined): Promise<never> {
    if (performance.now() - toldAt > laterForm.tellMs) {
      toldAt = performance.now()
      log.warn({ batchId: job.id }, 'a job of a later release waits for a worker of it')
    }
    await job.moveToDelayed(Date.now() + laterForm.againMs, token)
    throw new DelayedError()
  }
  async function setAside(job: Job<unknown, void>, token: string | undefined, why: string): Promise<void> {
    const { id: jobId = '', data } = job
    const content = typeof data === 'string' ? data : JSON.stringify(data)
    if (await parts.setAside({ jobId, content, why })) return
    await job.moveToDelayed(Date.now() + leftForMs, token)
    throw new DelayedError()
  }
  const worker: Worker<unknown, void, string> = new BatchWorker(
    batchQueue.name,
    async (job, token) => {
      const { id, data } = job
      const { success: isRead, data: batch, error } = looseBatchShape.safeParse(data)
      if (!isRead && hollowShape.safeParse(data).success) return
      if (!isRead && isOfLaterForm(data)) return leaveToLaterRelease(job, token)
      if (!isRead) return setAside(job, token, z.prettifyError(error))
      if (id === undefined || !idShape.safeParse(id).success)
        return setAside(job, token, 'Its id is no batchId.')
      await turn.take(sizeOf(batch), async () => {
        const settled = await group.add({ batchId: id, batch })
        if (!settled.stored) throw settled.fault
      })
    },
    {
      connection: parts.connection,
      autorun: false,
      prefix: queuePrefix(parts.lane),
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
