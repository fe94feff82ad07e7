/** Looks up in the ledger what became of one vote of a batch. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { ledgerContentShape, outcomeAt, type Outcome } from '../../contracts/ledger.ts'

const rowShape = z.object({ content: z.instanceof(Buffer) })

/** Null while the ledger does not have the batch. */
export function makeVoteOutcome(
  pool: DatabasePool,
): (pollNo: number, batchId: string, position: number) => Promise<Outcome | null> {
  return async (pollNo, batchId, position) => {
    const row = await pool.maybeOne(sql.type(rowShape)`
      select content from ledger where poll_no = ${pollNo} and batch_id = ${batchId}`)
    if (row === null) return null
    return outcomeAt(ledgerContentShape.parse(JSON.parse(row.content.toString())), position)
  }
}
