/** Reads how far the mirror of runs is, and which polls a run may have votes of. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'

const runShape = z.object({ run: z.string(), lastSeq: z.number() })
const pollShape = z.object({ pollNo: z.number(), pollId: z.string() })

/**
 * Run -> its mirrored last seq, of those of which all votes are put down to polls. A batch whose answer was lost on its
 * way is numbered in the mirror by the next one, but not counted for its poll.
 */
export async function wholeInMirror(
  pool: DatabasePool,
  runs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await pool.any(sql.type(runShape)`
    select r.run_id as run, r.last_seq as "lastSeq" from gateway_runs r
    where r.run_id = any(${sql.array([...runs], 'uuid')})
      and r.accepted = (select coalesce(sum(p.accepted), 0) from run_polls p where p.run_id = r.run_id)`)
  return new Map(rows.map(({ run, lastSeq }) => [run, lastSeq]))
}

/** The polls that votes may have been taken for and whose books are not closed: one opens by the clock before that is noted. */
export function votedPolls(pool: DatabasePool): Promise<readonly z.infer<typeof pollShape>[]> {
  return pool.any(sql.type(pollShape)`
    select poll_no as "pollNo", poll_id as "pollId" from polls where state not in ('draft', 'certified')`)
}
