/** Anchors what one poll's ledger has grown by, in transactions of bounded length. */
import type { DatabasePool } from 'slonik'
import { crashPoint } from '../../runtime/crash-point.ts'
import { onlyOneWorksOn, type PollNames } from './anchor-rows.slonik.ts'
import { makeAnchor, type Signer } from './make-anchor.slonik.ts'

/** Answers how many anchors it made. Throws LedgerFault where the ledger does not add up. */
export async function anchorPoll(
  pool: DatabasePool,
  poll: PollNames,
  signer: Signer,
  signal: AbortSignal,
): Promise<number> {
  let made = 0
  while (!signal.aborted) {
    const anchor = await pool.transaction(async (tx) =>
      (await onlyOneWorksOn(tx, poll.pollNo)) ? makeAnchor(tx, poll, signer) : null,
    )
    if (anchor === null) break
    crashPoint('certify.anchored')
    made++
    if (!anchor.more) break
  }
  return made
}
