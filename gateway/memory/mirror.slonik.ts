/** The mirror of Redis' memory in Postgres: its epoch, and the highest beat that it reached. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'

const mirrorShape = z.object({ epoch: z.string(), beat: z.number() })
const none = z.object({})
export type Mirror = z.infer<typeof mirrorShape>

export function readMirror(pool: DatabasePool): Promise<Mirror | null> {
  return pool.maybeOne(sql.type(mirrorShape)`select epoch, beat from redis_memory`)
}

/** Does nothing where Postgres knows another epoch by now: the next beat finds that out on Redis. */
export async function mirrorBeat(pool: DatabasePool, { epoch, beat }: Mirror): Promise<void> {
  await pool.query(sql.type(none)`
    update redis_memory set beat = greatest(beat, ${beat}), beat_at = now() where epoch = ${epoch}`)
}

export async function mirrorNewEpoch(pool: DatabasePool, epoch: string): Promise<void> {
  await pool.query(sql.type(none)`
    insert into redis_memory (epoch, beat, beat_at) values (${epoch}, 1, now())
    on conflict (only_one) do update set epoch = excluded.epoch, beat = 1, beat_at = now()`)
}
