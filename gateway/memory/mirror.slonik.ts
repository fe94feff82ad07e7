/** The mirror of a lane's memory in Postgres: its epoch, and the highest beat that it reached. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'

const mirrorShape = z.object({ epoch: z.string(), beat: z.number() })
const none = z.object({})
export type Mirror = z.infer<typeof mirrorShape>

export function readMirror(pool: DatabasePool, lane: number): Promise<Mirror | null> {
  return pool.maybeOne(sql.type(mirrorShape)`select epoch, beat from redis_memory where lane = ${lane}`)
}

/** Does nothing where Postgres knows another epoch by now: the next beat finds that out on Redis. */
export async function mirrorBeat(pool: DatabasePool, lane: number, { epoch, beat }: Mirror): Promise<void> {
  await pool.query(sql.type(none)`
    update redis_memory set beat = greatest(beat, ${beat}), beat_at = now()
    where lane = ${lane} and epoch = ${epoch}`)
}

/** Throws where the house has another number of lanes by now: what was restored is not the room that they have. */
export async function mirrorNewEpoch(
  pool: DatabasePool,
  { lane, hashTags }: { readonly lane: number; readonly hashTags: number },
  epoch: string,
): Promise<void> {
  const { rowCount } = await pool.query(sql.type(none)`
    insert into redis_memory (lane, epoch, beat, beat_at)
    select ${lane}::int, ${epoch}::uuid, 1, now() from house_lanes where hash_tags = ${hashTags} for share
    on conflict (lane) do update set epoch = excluded.epoch, beat = 1, beat_at = now()`)
  if (rowCount !== 1) throw new Error('the house has another number of hash tags by now')
}
