/** Puts a rebuilt read model in the place of the one that is shown, in one transaction. */
import pg from 'pg'
import { Trouble } from '../../runtime/trouble.ts'
import { advisoryLocks } from '../../sql/advisory-locks.ts'

export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

const live = 'model'
const next = 'model_next'
const lastState = 'model_before'

/**
 * Holds up who writes to the one that is shown, lets the rebuilt one catch up to where it stands, and then switches. Who
 * reads waits for the switch alone; who writes finds that its partitions stand elsewhere, and reads on from there.
 */
export async function switchModel(
  databaseUrl: string,
  catchUp: (to: readonly Place[]) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('begin')
    // A writer's transaction lasts a second at most, a reader's as long as a report.
    await client.query(`set local lock_timeout = '30s'`)
    await client.query('lock table public.model_lock in share row exclusive mode')
    const { rows } = await client.query<Place>(
      `select topic, partition, next_offset::float8 as offset from ${live}.topic_offsets`,
    )
    await catchUp(rows)
    await client.query('lock table public.model_lock in access exclusive mode')
    await client.query(`alter schema ${live} rename to ${lastState}`)
    await client.query(`alter schema ${next} rename to ${live}`)
    await client.query(`drop schema ${lastState} cascade`)
    await client.query('commit')
  } finally {
    // Without its commit it is undone.
    await client.end().catch(() => undefined)
  }
}

/** Rejects where another rebuild is under way. */
export async function whileAlone<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      advisoryLocks.rebuildModel,
    ])
    if (rows[0]?.locked !== true) throw new Trouble('Another replay is under way.')
    return await work()
  } finally {
    await client.end().catch(() => undefined)
  }
}
