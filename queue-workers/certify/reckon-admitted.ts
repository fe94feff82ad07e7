/** Reckons what the admission let in to a poll in all, from the word of Redis and, where that is lost, its copies. */
import type { Admission } from './admission.redis.ts'
import type { RunOfPoll } from './runs-of-poll.slonik.ts'

export interface Admitted {
  readonly votes: number
  /** Run -> the last batch that it numbered, of the runs that let anyone in. */
  readonly lastBatches: Readonly<Record<string, number>>
  /** Of some run Redis has no word, or one that is older than what was copied from it. */
  readonly isFromCopies: boolean
}

/**
 * A run's number on Redis is written with the votes that it counts. Where Redis has lost it (it was emptied, or an older
 * file came back) there is the gateway's copy in Postgres, at most a second old; and what the ledger holds of batches
 * that the run numbered after that copy was let in as well. Numbers of one run only grow: the greater is the newer.
 */
export function reckonAdmitted(
  { accepted, batches }: Pick<Admission, 'accepted' | 'batches'>,
  runs: readonly RunOfPoll[],
): Admitted {
  const known = new Map(runs.map((its) => [its.run, its]))
  const lastBatches: Record<string, number> = {}
  let votes = 0
  let isFromCopies = false
  for (const run of new Set([...Object.keys(accepted), ...known.keys()])) {
    const { mirrored = 0, beyondMirror = 0, lastBatch = 0 } = known.get(run) ?? {}
    const onRedis = accepted[run]
    const isLost = onRedis === undefined || onRedis < mirrored
    const its = isLost ? mirrored + beyondMirror : onRedis
    if (its === 0) continue
    isFromCopies ||= isLost
    votes += its
    lastBatches[run] = Math.max(lastBatch, batches[run] ?? 0)
  }
  return { votes, lastBatches, isFromCopies }
}
