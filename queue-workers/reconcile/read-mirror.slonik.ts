/** Reads what the gateways copied to Postgres of their runs: how far each came, and what it accepted of each poll. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

const runShape = z.object({
  run: z.string(),
  lastSeq: z.number(),
  accepted: z.number(),
  polls: z.array(z.object({ pollNo: z.number(), accepted: z.number() })),
  storedSeq: z.number(),
  storedAccepted: z.number(),
  storedPolls: z.array(z.number()),
  certifiedPolls: z.array(z.number()),
})

// Far more than a run numbers in the second that its mirror may be late. A row further above is of a job that somebody
// made: the numbers below it would be searched for without end.
const mostAboveMirror = 100_000

/**
 * A run as of its batch `lastSeq` in the mirror, 0 where it is not there. polls: pollNo -> votes accepted in all, of all
 * its polls. storedSeq: the highest number that is known to have been given, since the ledger had it at that moment;
 * `lastSeq` where it has none above. storedAccepted: what the run had accepted with it. storedPolls: of the rows above.
 * certifiedPolls: those of its polls whose books are closed.
 */
export interface MirroredRun {
  readonly run: string
  readonly lastSeq: number
  readonly accepted: number
  readonly polls: ReadonlyMap<number, number>
  readonly storedSeq: number
  readonly storedAccepted: number
  readonly storedPolls: readonly number[]
  readonly certifiedPolls: readonly number[]
}

/** The runs that took votes of these polls, and those named besides. One statement: all is of one moment. */
export async function readMirroredRuns(
  db: CommonQueryMethods,
  pollNos: readonly number[],
  runs: readonly string[],
): Promise<ReadonlyMap<string, MirroredRun>> {
  const rows = await db.any(sql.type(runShape)`
    select asked.run_id as run, coalesce(r.last_seq, 0) as "lastSeq", coalesce(r.accepted, 0) as accepted,
      (select coalesce(json_agg(json_build_object('pollNo', poll_no, 'accepted', p.accepted)), '[]')
        from run_polls p where p.run_id = asked.run_id) as polls,
      coalesce(top.run_seq, r.last_seq, 0) as "storedSeq",
      coalesce(top.run_accepted, r.accepted, 0) as "storedAccepted",
      case when top.run_seq is null then '{}' else array(
        select distinct l.poll_no from ledger l
        where l.run_id = asked.run_id and l.run_seq > coalesce(r.last_seq, 0)) end as "storedPolls",
      array(
        select p.poll_no from run_polls p join polls using (poll_no)
        where p.run_id = asked.run_id and state = 'certified') as "certifiedPolls"
    from (
      select run_id from run_polls where poll_no = any(${sql.array([...pollNos], 'int4')})
      union select unnest(${sql.array([...runs], 'uuid')})
    ) as asked
    left join gateway_runs r using (run_id)
    left join lateral (
      select l.run_seq, l.run_accepted from ledger l
      where l.run_id = asked.run_id and l.run_seq > coalesce(r.last_seq, 0)
        and l.run_seq <= coalesce(r.last_seq, 0) + ${mostAboveMirror}
      order by l.run_seq desc limit 1
    ) as top on true`)
  return new Map(
    rows.map((row) => [
      row.run,
      { ...row, polls: new Map(row.polls.map(({ pollNo, accepted }) => [pollNo, accepted])) },
    ]),
  )
}
