/** Sets a job aside that is no batch: it is kept for a person to look at, and its votes show as lost in the books. */
import { backoffMs } from '../../contracts/backoff.ts'
import type { Log } from '../../runtime/log.ts'
import { rest } from '../../runtime/rest.ts'
import type { UnreadableJob } from './unreadable-jobs.slonik.ts'

const whileAwayMs = { first: 50, longest: 2_000 }

/** Tries until it is kept; answers false where the worker was stopped before: the job must stay in the queue then. */
export function makeSetAside(parts: {
  readonly keep: (job: UnreadableJob) => Promise<void>
  readonly signal: AbortSignal
  readonly log: Log
}): (job: UnreadableJob) => Promise<boolean> {
  const { keep, signal, log } = parts
  return async (job) => {
    const { jobId, why } = job
    for (let tries = 1; ; tries++) {
      try {
        await keep(job)
        log.error({ jobId, why }, 'a job is no batch; it is kept in unreadable_jobs')
        return true
      } catch (error) {
        log.warn({ err: error, tries, jobId }, 'could not keep a job that is no batch; trying again')
        if (signal.aborted) return false
        await rest(backoffMs(tries, whileAwayMs), signal)
      }
    }
  }
}
