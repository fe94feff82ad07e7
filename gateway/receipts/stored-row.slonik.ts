/** Reads the ledger's row of one batch and poll, with its place in the chain. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { ledgerContentShape, type LedgerContent } from '../../contracts/ledger.ts'

const rowShape = z.object({
  content: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
  before: z.instanceof(Buffer).nullable(),
  shard: z.int(),
  seq: z.int(),
})

/** before: the hash of the row before in its (poll, shard). */
export interface StoredRow {
  readonly content: LedgerContent
  readonly hash: Buffer
  readonly before: Buffer
  readonly shard: number
  readonly seq: number
}

// What stands before the first row of a chain: see contracts/ledger.ts.
const nothing = Buffer.alloc(32)

/** Null while the ledger has no such row. */
export function makeReadRow(
  pool: DatabasePool,
): (at: { readonly pollNo: number; readonly batchId: string }) => Promise<StoredRow | null> {
  return async ({ pollNo, batchId }) => {
    const row = await pool.maybeOne(sql.type(rowShape)`
      select its.content, its.hash, before.hash as before, its.shard, its.seq
      from ledger its left join ledger before on before.poll_no = its.poll_no and before.shard = its.shard
        and before.seq = its.seq - 1
      where its.poll_no = ${pollNo} and its.batch_id = ${batchId}`)
    if (row === null) return null
    const { content, before, ...place } = row
    if (before === null && row.seq > 1) throw new Error(`no row stands before batch ${batchId} in its chain`)
    const read = ledgerContentShape.parse(JSON.parse(content.toString()))
    return { ...place, content: read, before: before ?? nothing }
  }
}
