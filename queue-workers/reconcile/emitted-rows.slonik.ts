/** Rows of the ledger by whether they are marked as emitted; and taking a mark back where Kafka has no such event. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'

const rowShape = z.object({ pollNo: z.number(), batchId: z.string(), counted: z.number() })
export type MarkedRow = z.infer<typeof rowShape>
const none = z.object({})

/** Not marked, and stored before that moment (epoch ms): few, but where Kafka is away or was. */
export function unemittedRows(
  tx: CommonQueryMethods,
  pollNos: readonly number[],
  oldBefore: number,
): Promise<readonly MarkedRow[]> {
  return tx.any(sql.type(rowShape)`
    select poll_no as "pollNo", batch_id as "batchId", counted from ledger
    where emitted_at is null and stored_at <= to_timestamp(${oldBefore / 1_000}::float8)
      and poll_no = any(${sql.array([...pollNos], 'int4')})`)
}

export function emittedRows(
  db: CommonQueryMethods,
  pollNo: number,
  oldBefore: number,
): Promise<readonly MarkedRow[]> {
  return db.any(sql.type(rowShape)`
    select poll_no as "pollNo", batch_id as "batchId", counted from ledger
    where emitted_at is not null and stored_at <= to_timestamp(${oldBefore / 1_000}::float8)
      and poll_no = ${pollNo}`)
}

/** The publisher sends them again, under the same ids. */
export async function takeBackMarks(pool: DatabasePool, rows: readonly MarkedRow[]): Promise<void> {
  const keys = rows.map(({ pollNo, batchId }) => [pollNo, batchId])
  await pool.query(sql.type(none)`
    update ledger l set emitted_at = null
    from ${sql.unnest(keys, ['int4', 'uuid'])} as k (poll_no, batch_id)
    where l.poll_no = k.poll_no and l.batch_id = k.batch_id`)
}
