/** Reads what the admission let in to a poll, once nobody can vote in it any more, and freezes it. */
import { crashPoint } from '../../runtime/crash-point.ts'
import type { Admission } from './admission.redis.ts'
import type { CountingPoll } from './certification-rows.slonik.ts'
import { reckonAdmitted, type Admitted } from './reckon-admitted.ts'
import type { RunOfPoll } from './runs-of-poll.slonik.ts'

// A gateway copies its numbers to Postgres once a second, whatever becomes of Redis; by then the last have come.
const copiesComeWithinMs = 5_000

/** Answers a sentence that says what it waits for, null once it is frozen. */
export function makeFreezeAdmitted(parts: {
  readonly mirroredMemory: () => Promise<{ readonly epoch: string; readonly beat: number } | null>
  readonly admission: (pollId: string) => Promise<Admission>
  readonly runs: (pollNo: number) => Promise<readonly RunOfPoll[]>
  readonly store: (pollNo: number, admitted: Admitted) => Promise<void>
  /** Ms that only grow. */
  readonly now: () => number
}): (poll: CountingPoll) => Promise<string | null> {
  /** The memory that Redis holds, and since when it was seen here. */
  let memory = { epoch: '', since: 0 }

  return async ({ pollNo, pollId, rulesVersion, secondsOver }) => {
    if (secondsOver < 0) return 'The poll is still open for votes that were on their way.'
    // First the copy: Redis is at least as far then, unless it is another memory.
    const mirror = await parts.mirroredMemory()
    const admission = await parts.admission(pollId).catch(() => null)
    if (admission === null) return 'Redis, which knows how many votes were admitted, cannot be read.'
    if (mirror === null || admission.epoch !== mirror.epoch || admission.beat < mirror.beat)
      return 'Redis is being given its memory back.'
    if (memory.epoch !== mirror.epoch) memory = { epoch: mirror.epoch, since: parts.now() }
    if ((admission.overSince ?? -1) < rulesVersion)
      return 'Redis has not been told yet that the poll is over.'
    const admitted = reckonAdmitted(admission, await parts.runs(pollNo))
    if (admitted.isFromCopies && parts.now() - memory.since < copiesComeWithinMs)
      return 'Redis has lost its memory: waiting for what the gateways copied of it.'
    await parts.store(pollNo, admitted)
    crashPoint('certify.frozen')
    return null
  }
}
