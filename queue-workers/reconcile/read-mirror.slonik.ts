/** Reads what the gateways copied to Postgres of their runs: how far each came, and what it accepted of each poll. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

const runShape = z.object({
  run: z.string(),
  lastSeq: z.number(),
  accepted: z.number(),
  polls: z.array(z.object({ pollNo: z.number(), accepted: z.number() })),
})

/** A run as of its batch `lastSeq`. polls: pollNo -> votes accepted in all, of all its polls. */
export interface MirroredRun {
  readonly run: string
  readonly lastSeq: number
  readonly accepted: number
  readonly polls: ReadonlyMap<number, number>
}

/** The runs that took votes of these polls, and those named besides. One statement: all is of one moment. */
export async function readMirroredRuns(
  db: CommonQueryMethods,
  pollNos: readonly number[],
  runs: readonly string[],
): Promise<ReadonlyMap<string, MirroredRun>> {
  const rows = await db.any(sql.type(runShape)`
    select r.run_id as run, r.last_seq as "lastSeq", r.accepted,
      (select coalesce(json_agg(json_build_object('pollNo', poll_no, 'accepted', p.accepted)), '[]')
        from run_polls p where p.run_id = r.run_id) as polls
    from gateway_runs r
    where r.run_id in (select run_id from run_polls where poll_no = any(${sql.array([...pollNos], 'int4')}))
      or r.run_id = any(${sql.array([...runs], 'uuid')})`)
  return new Map(
    rows.map((row) => [
      row.run,
      { ...row, polls: new Map(row.polls.map(({ pollNo, accepted }) => [pollNo, accepted])) },
    ]),
  )
}
