/** Brings one of many polls to Redis: a row that is no poll must not keep the others from it. */
import { ZodError } from 'zod'
import type { Log } from '../../runtime/log.ts'
import type { StoredPoll } from './poll-rows.slonik.ts'

/** Throws what is no fault of this poll, such as a Redis that is away. */
export async function projectIfFit(
  project: (poll: StoredPoll) => Promise<void>,
  poll: StoredPoll,
  log: Pick<Log, 'error'>,
): Promise<void> {
  try {
    await project(poll)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    log.error({ err: error, pollId: poll.pollId }, 'a poll is left out: its row breaks the rules of polls')
  }
}
