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
  /** Lane -> what Postgres mirrors of its memory. */
  readonly mirroredMemory: () => Promise<
    ReadonlyMap<number, { readonly epoch: string; readonly beat: number }>
  >
  /** Of each of the poll's lanes. */
  readonly admission: (poll: CountingPoll) => Promise<readonly Admission[]>
  readonly runs: (pollNo: number) => Promise<readonly RunOfPoll[]>
  readonly store: (pollNo: number, admitted: Admitted) => Promise<void>
  /** Ms that only grow. */
  readonly now: () => number
}): (poll: CountingPoll) => Promise<string | null> {
  /** The epochs of the memory that Redis holds, and since when it was seen here. */
  let memory = { epoch: '', since: 0 }

  return async (poll) => {
    const { pollNo, rulesVersion, secondsOver } = poll
    if (secondsOver < 0) return 'The poll is still open for votes that were on their way.'
    // First the copy: Redis is at least as far then, unless it is another memory.
    const mirrors = await parts.mirroredMemory()
    const admissions = await parts.admission(poll).catch(() => null)
    if (admissions === null) return 'Redis, which knows how many votes were admitted, cannot be read.'
    const isMirrored = ({ epoch, beat }: Admission, lane: number) => {
      const mirror = mirrors.get(lane)
      return mirror !== undefined && epoch === mirror.epoch && beat >= mirror.beat
    }
    if (!admissions.every(isMirrored)) return 'Waiting for a restore of Redis; it goes on by itself.'
    const epoch = admissions.map((its) => its.epoch).join(' ')
    if (memory.epoch !== epoch) memory = { epoch, since: parts.now() }
    if (admissions.some(({ overSince }) => (overSince ?? -1) < rulesVersion))
      return 'Redis has not been told yet that the poll is over.'
    const admitted = reckonAdmitted(allOf(admissions), await parts.runs(pollNo))
    if (admitted.isFromCopies && parts.now() - memory.since < copiesComeWithinMs)
      return 'Redis has lost its memory: waiting for what the gateways copied of it.'
    await parts.store(pollNo, admitted)
    crashPoint('certify.frozen')
    return null
  }
}

/** A run is of one lane: what is said of runs is put together as it is. */
function allOf(admissions: readonly Admission[]): Pick<Admission, 'accepted' | 'batches'> {
  const all = (of: (its: Admission) => Readonly<Record<string, number>>) =>
    Object.fromEntries(admissions.flatMap((its) => Object.entries(of(its))))
  return { accepted: all(({ accepted }) => accepted), batches: all(({ batches }) => batches) }
}
