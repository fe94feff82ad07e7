/** Looks up in the ledger what became of one vote of a batch. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { ledgerContentShape, outcomeAt, type Fate } from '../../contracts/ledger.ts'
import type { VotePlace } from '../../contracts/vote.ts'

const rowShape = z.object({ content: z.instanceof(Buffer) })

/** Null while the ledger does not have the batch, and where another vote lies at this position of it. */
export function makeVoteOutcome(
  pool: DatabasePool,
): (pollNo: number, at: VotePlace, voteId: string) => Promise<Fate | null> {
  return async (pollNo, { batchId, position }, voteId) => {
    const row = await pool.maybeOne(sql.type(rowShape)`
      select content from ledger where poll_no = ${pollNo} and batch_id = ${batchId}`)
    if (row === null) return null
    return outcomeAt(ledgerContentShape.parse(JSON.parse(row.content.toString())), position, voteId)
  }
}
