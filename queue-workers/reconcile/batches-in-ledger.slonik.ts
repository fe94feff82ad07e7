/** Says which numbered batches the ledger has. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

export interface NumberedBatch {
  readonly run: string
  readonly seq: number
}

const standingShape = z.object({ run: z.string(), seq: z.number(), pollNo: z.number() })

/** Of these batches the rows that stand, one for each poll in them. */
export async function standingBatches(
  tx: CommonQueryMethods,
  batches: readonly NumberedBatch[],
): Promise<readonly z.infer<typeof standingShape>[]> {
  if (batches.length === 0) return []
  return tx.any(sql.type(standingShape)`
    select l.run_id as run, l.run_seq as seq, l.poll_no as "pollNo"
    from ${asked(batches)} join ledger l on l.run_id = asked.run_id and l.run_seq = asked.run_seq`)
}

const missingShape = z.object({ run: z.string(), seq: z.number() })
// A statement may take 10 s: this many look-ups take about one.
const seqsAtOnce = 500_000

/** The seqs of a run in this range, both ends included, that the ledger lacks. */
export async function missingSeqs(
  tx: CommonQueryMethods,
  run: string,
  from: number,
  to: number,
): Promise<NumberedBatch[]> {
  const missing: NumberedBatch[] = []
  for (let first = from; first <= to; first += seqsAtOnce) {
    const last = Math.min(to, first + seqsAtOnce - 1)
    missing.push(
      ...(await tx.any(sql.type(missingShape)`
        select ${run}::uuid as run, n as seq from generate_series(${first}::bigint, ${last}::bigint) as n
        where not exists (select from ledger l where l.run_id = ${run} and l.run_seq = n)`)),
    )
  }
  return missing
}

const acceptedShape = z.object({
  run: z.string(),
  seq: z.number(),
  accepted: z.number(),
  received: z.number(),
})
export type AcceptedBatch = z.infer<typeof acceptedShape>

/** What the run had accepted with each of these batches, and how many votes the ledger has of it. */
export async function acceptedWith(
  tx: CommonQueryMethods,
  batches: readonly NumberedBatch[],
): Promise<readonly AcceptedBatch[]> {
  if (batches.length === 0) return []
  return tx.any(sql.type(acceptedShape)`
    select l.run_id as run, l.run_seq as seq, max(l.run_accepted) as accepted, sum(l.received) as received
    from ${asked(batches)} join ledger l on l.run_id = asked.run_id and l.run_seq = asked.run_seq
    group by 1, 2`)
}

const asked = (batches: readonly NumberedBatch[]) =>
  sql.fragment`${sql.unnest(
    batches.map(({ run, seq }) => [run, seq]),
    ['uuid', 'int8'],
  )} as asked (run_id, run_seq)`
