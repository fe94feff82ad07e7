/** Which polls are reconciled: all that were ever open and are not certified. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { mayStillCount } from '../tally/stored-tallies.slonik.ts'

/** places: how many counts its tally has. isLive: votes may still come in. */
const watchedShape = z.object({
  pollNo: z.number(),
  pollId: z.string(),
  options: z.number(),
  places: z.number(),
  isLive: z.boolean(),
})
export type WatchedPoll = z.infer<typeof watchedShape>

export function watchedPolls(db: CommonQueryMethods): Promise<readonly WatchedPoll[]> {
  return db.any(sql.type(watchedShape)`
    select p.poll_no as "pollNo", p.poll_id as "pollId", o.n as options, o.n * b.n as places,
      (${mayStillCount} or p.state = 'counting') as "isLive"
    from polls p
    cross join lateral (select count(*)::int as n from poll_options where poll_no = p.poll_no) as o
    cross join lateral (select count(*)::int as n from ballot_boxes where poll_no = p.poll_no) as b
    where p.ever_opened and p.state <> 'certified'
    order by p.poll_no`)
}

const pollIdShape = z.object({ pollId: z.string() })

/** Their books are closed. */
export async function certifiedPolls(db: CommonQueryMethods): Promise<readonly string[]> {
  const rows = await db.any(sql.type(pollIdShape)`
    select poll_id as "pollId" from polls where state = 'certified'`)
  return rows.map(({ pollId }) => pollId)
}

/** Of these polls those that are certified or not in this database: nobody will ask for their books. */
export async function pollsOver(
  db: CommonQueryMethods,
  pollIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await db.any(sql.type(pollIdShape)`
    select asked.poll_id as "pollId" from unnest(${sql.array([...pollIds], 'uuid')}) as asked (poll_id)
    where not exists (select from polls p where p.poll_id = asked.poll_id and p.state <> 'certified')`)
  return rows.map(({ pollId }) => pollId)
}
