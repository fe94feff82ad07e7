/** Answers what depends on the memory of Redis, or that it cannot be said for now. */
import { MemoryChanged } from '../../ballot/judged-vote.ts'
import type { Log } from '../../../runtime/log.ts'
import { tellOutage } from '../../../runtime/tell-outage.ts'
import { refuse } from './procedures.ts'

/** What a memory says that is being restored would be wrong, and one that is away says nothing: the caller comes again. */
export function makeRemembered(log: Pick<Log, 'warn'>): <T>(answer: Promise<T>) => Promise<T> {
  const outage = tellOutage(log, {
    gone: 'what Redis remembers of voters cannot be read for now',
    back: 'what Redis remembers of voters is read again',
  })
  return async (answer) => {
    try {
      const its = await answer
      outage.works()
      return its
    } catch (error) {
      if (!(error instanceof MemoryChanged)) outage.failed(error)
      throw refuse('unavailable')
    }
  }
}
