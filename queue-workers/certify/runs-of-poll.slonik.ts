/** What Postgres knows of the gateways' runs that votes of a poll came through. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

const runShape = z.object({
  run: z.string(),
  mirrored: z.number(),
  beyondMirror: z.number(),
  lastBatch: z.number(),
})
const gapShape = z.object({ batches: z.number() })

/**
 * mirrored: what the gateway copied to us as accepted in all. beyondMirror: what the ledger received in batches that the
 * run numbered after that copy. lastBatch: the highest number of a batch of it that is known here.
 */
export type RunOfPoll = z.infer<typeof runShape>

/** One statement, so that a copy and the batches that came after it are of one moment. */
export function runsOfPoll(db: CommonQueryMethods, pollNo: number): Promise<readonly RunOfPoll[]> {
  return db.any(sql.type(runShape)`
    with stored as (
      select l.run_id, max(l.run_seq) as last_seq,
        coalesce(sum(l.received) filter (where l.run_seq > coalesce(g.last_seq, 0)), 0)::bigint as beyond
      from ledger l left join gateway_runs g using (run_id)
      where l.poll_no = ${pollNo} group by l.run_id
    ), mirrored as (
      select run_id, accepted, last_seq
      from (select run_id, accepted from run_polls where poll_no = ${pollNo}) as its join (
        select run_id, last_seq from gateway_runs) as runs using (run_id)
    )
    select run_id as run, coalesce(m.accepted, 0) as mirrored, coalesce(s.beyond, 0) as "beyondMirror",
      greatest(coalesce(m.last_seq, 0), coalesce(s.last_seq, 0)) as "lastBatch"
    from mirrored m full join stored s using (run_id)`)
}

/** How many of the batches that these runs numbered, up to these numbers, the ledger does not have. */
export async function batchesMissing(
  db: CommonQueryMethods,
  lastBatches: Readonly<Record<string, number>>,
): Promise<number> {
  const rows = Object.entries(lastBatches)
  if (rows.length === 0) return 0
  const { batches } = await db.one(sql.type(gapShape)`
    select coalesce(sum(r.last_seq - (
      select count(distinct l.run_seq) from ledger l where l.run_id = r.run_id and l.run_seq <= r.last_seq)), 0)::bigint
      as batches
    from ${sql.unnest(rows, ['uuid', 'int8'])} as r (run_id, last_seq)`)
  return batches
}
