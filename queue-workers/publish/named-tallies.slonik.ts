/** The tally of one poll as everyone may see it, read from Postgres. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { pollStateShape, visibilities } from '../../contracts/poll.ts'
import { nameTally, sumShards, type Tally } from '../../contracts/tally.ts'
import { whatShows } from '../../contracts/what-shows.ts'
import { mayStillCount, shardsOfPoll } from '../tally/stored-tallies.slonik.ts'

const namesShape = z.object({
  version: z.number(),
  isRehearsal: z.boolean(),
  state: pollStateShape,
  visibility: z.enum(visibilities),
  revealedAt: z.string().nullable(),
  options: z.array(z.object({ optionId: z.string() })),
  boxes: z.array(z.object({ boxId: z.string() })),
})
const openShape = z.object({ poll_id: z.string() })

/** Null where there is no such poll, where nothing was counted in it, and where a stranger may not see its counts. */
export async function publicTally(db: CommonQueryMethods, pollId: string): Promise<Tally | null> {
  const names = await db.maybeOne(sql.type(namesShape)`
    select p.version, p.is_rehearsal as "isRehearsal", p.state, p.visibility, p.revealed_at::text as "revealedAt",
      (select json_agg(json_build_object('optionId', option_id) order by option_no)
        from poll_options o where o.poll_no = p.poll_no) as options,
      (select json_agg(json_build_object('boxId', box_id) order by box_no)
        from ballot_boxes b where b.poll_no = p.poll_no) as boxes
    from polls p where p.poll_id = ${pollId}`)
  if (names === null || whatShows(names, 'stranger') !== 'counts') return null
  const shards = await shardsOfPoll(db, pollId)
  if (shards.length === 0) return null
  const size = names.options.length * names.boxes.length
  return nameTally({ pollId, ...names }, sumShards(pollId, size, shards))
}

/** The polls whose tally may have changed while no publisher ran. */
export async function openPolls(db: CommonQueryMethods): Promise<string[]> {
  const rows = await db.any(sql.type(openShape)`
    select p.poll_id from polls p where ${mayStillCount}`)
  return rows.map((row) => row.poll_id)
}
