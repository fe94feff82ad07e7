/** Reads a shard's chain of ledger rows in pages, oldest first. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

const rowShape = z.object({
  batchId: z.string(),
  seq: z.number(),
  runId: z.string(),
  counted: z.number(),
  repeats: z.number(),
  refused: z.number(),
  rejected: z.number(),
  content: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
})
export type StoredRow = z.infer<typeof rowShape>

// A row of a full group has 35 kB: a page is 1 MB at most, and 10 ms of reckoning between two turns of others.
const rowsPerPage = 32

/** The rows after `after`, up to `last`. */
export async function* ledgerRows(
  db: CommonQueryMethods,
  pollNo: number,
  shard: number,
  after: number,
  last: number,
): AsyncGenerator<StoredRow> {
  for (let from = after; from < last;) {
    const page = await db.any(sql.type(rowShape)`
      select batch_id as "batchId", seq, run_id as "runId", counted, repeats, refused, rejected, content, hash
      from ledger where poll_no = ${pollNo} and shard = ${shard} and seq > ${from} and seq <= ${last}
      order by seq limit ${rowsPerPage}`)
    yield* page
    const end = page.at(-1)
    if (end === undefined) return
    from = end.seq
  }
}
