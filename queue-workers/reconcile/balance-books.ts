/** Balances the books of polls: what was accepted, and where it is. */
import type { Reconciliation } from '../../contracts/reconciliation.ts'
import type { LedgerSum } from './counted-votes.slonik.ts'
import type { Missing } from './missing-batches.ts'
import type { MirroredRun } from './read-mirror.slonik.ts'
import type { Shown } from './read-shown.redis.ts'

/** lostBatches: that its lost votes were in. isPart: other polls lost votes in them too; which of them, nobody knows. */
export type Books = Reconciliation['books'] & { readonly lostBatches: number; readonly isPart: boolean }

export function balanceBooks(parts: {
  readonly polls: readonly { readonly pollNo: number; readonly pollId: string }[]
  readonly mirror: ReadonlyMap<string, MirroredRun>
  readonly shown: Shown
  readonly ledger: readonly LedgerSum[]
  readonly missing: Missing
}): ReadonlyMap<number, Books> {
  const { mirror, shown, ledger, missing } = parts
  const books = new Map<number, Books>()
  // What of each run's loss is not yet put down to a poll.
  const unplaced = new Map([...missing.lost].map(([run, { votes, unmirrored }]) => [run, votes - unmirrored]))
  for (const { pollNo, pollId } of parts.polls) {
    const its = { accepted: 0, counted: 0, repeats: 0, refused: 0, rejected: 0, waiting: 0, lost: 0 }
    let lostBatches = 0
    let isPart = false
    for (const [run, state] of mirror) {
      const accepted = acceptedBy(state, pollNo, shown, pollId)
      const waiting = missing.waiting.get(run)?.get(pollNo) ?? 0
      let received = 0
      for (const row of ledger) {
        if (row.pollNo !== pollNo || row.run !== run) continue
        its.counted += row.mirroredCounted
        its.repeats += row.mirroredRepeats
        its.refused += row.mirroredRefused
        its.rejected += row.mirroredRejected
        received += row.mirroredCounted + row.mirroredRepeats + row.mirroredRefused + row.mirroredRejected
      }
      its.accepted += accepted
      its.waiting += waiting
      const ofAll = missing.lost.get(run)
      if (ofAll === undefined) continue
      const ofRun = unplaced.get(run) ?? 0
      // A run of one poll lost votes of that one. Of several, those are short of what the run accepted of them.
      const isOnly = state.polls.size === 1 && state.polls.has(pollNo)
      const mirrored = isOnly ? ofRun : Math.min(ofRun, Math.max(0, accepted - waiting - received))
      unplaced.set(run, ofRun - mirrored)
      // What no mirror says to be accepted was, as it had a number. Of which poll nobody knows, but of none whose books
      // are closed: the newest of the others is named.
      const unmirrored = newestPoll(state) === pollNo ? ofAll.unmirrored : 0
      its.accepted += unmirrored
      const lost = mirrored + unmirrored
      if (lost === 0) continue
      its.lost += lost
      lostBatches += Math.min(lost, ofAll.batches)
      isPart ||= lost < ofAll.votes && ofAll.batches > 1
    }
    const { accepted, counted, repeats, refused, rejected, waiting, lost } = its
    const unexplained = accepted - counted - repeats - refused - rejected - waiting - lost
    books.set(pollNo, { ...its, unexplained, lostBatches, isPart })
  }
  return books
}

const newestPoll = ({ polls, storedPolls, certifiedPolls }: MirroredRun) =>
  Math.max(...[...polls.keys(), ...storedPolls].filter((pollNo) => !certifiedPolls.includes(pollNo)))

/**
 * As of the run's last seq in the mirror. An answer of Redis that was lost on its way may leave the mirror behind with
 * one poll until the run takes its next vote: then Redis' own number, of no newer batches, is the greater.
 */
function acceptedBy(
  { run, lastSeq, polls }: MirroredRun,
  pollNo: number,
  shown: Shown,
  pollId: string,
): number {
  const mirrored = polls.get(pollNo) ?? 0
  const seq = Number(shown.batches[run] ?? Infinity)
  const onRedis = Number(shown.polls.get(pollId)?.accepted[run] ?? 0)
  return seq <= lastSeq ? Math.max(mirrored, onRedis) : mirrored
}
