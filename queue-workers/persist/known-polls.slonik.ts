/** What a worker knows of polls: the names behind a vote's numbers, frozen since the poll opened. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { knownPoll, type KnownPoll } from './known-poll.ts'

const pollShape = z.object({
  poll_no: z.number(),
  poll_id: z.string(),
  ever_opened: z.boolean(),
  is_rehearsal: z.boolean(),
  options: z.array(z.string()),
  boxes: z.array(z.object({ boxId: z.string(), oncePerPoll: z.boolean() })),
})

/**
 * Looks polls up, and keeps those that have opened: what is asked for here is frozen then. A vote may come before
 * that is noted in Postgres, since the admission script opens a poll by the clock.
 */
export function makeKnownPolls(
  pool: DatabasePool,
): (pollNos: readonly number[]) => Promise<ReadonlyMap<number, KnownPoll>> {
  const known = new Map<number, KnownPoll>()
  return async (pollNos) => {
    const missing = pollNos.filter((no) => !known.has(no))
    if (missing.length === 0) return known
    const found = new Map(known)
    const rows = await pool.any(sql.type(pollShape)`
      select p.poll_no, p.poll_id, p.ever_opened, p.is_rehearsal,
        (select json_agg(option_id order by option_no) from poll_options o where o.poll_no = p.poll_no) as options,
        (select json_agg(json_build_object('boxId', box_id, 'oncePerPoll',
            coalesce(limit_votes = 1 and limit_per_seconds is null, false)) order by box_no)
          from ballot_boxes b where b.poll_no = p.poll_no) as boxes
      from polls p where p.poll_no = any(${sql.array(missing, 'int4')})`)
    for (const { poll_no: pollNo, poll_id: pollId, is_rehearsal: isRehearsal, ...row } of rows) {
      const poll = knownPoll({ pollNo, pollId, isRehearsal, options: row.options, boxes: row.boxes })
      found.set(pollNo, poll)
      if (row.ever_opened) known.set(pollNo, poll)
    }
    return found
  }
}
