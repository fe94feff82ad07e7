/** Lets one gateway at a time restore a lane's memory: session-level advisory locks of Postgres. */
import pg from 'pg'
import { advisoryLocks } from '../../sql/advisory-locks.ts'

// Far from all other numbers, and the first lane's is the plain one.
const restoreLock = (lane: number) => advisoryLocks.restoreMemory + lane * 1_000_000

// Who holds the lock shows it every 2 s; one that is paused for 10 s has lost it.
const showLifeEveryMs = 2_000
const idleLimit = '10s'

/**
 * Waits for the locks of these lanes, runs `work`, and gives them back with their connection, however that ends. The
 * signal fires when they are lost while the work goes on.
 */
export async function withRestoreLock<T>(
  databaseUrl: string,
  lanes: readonly number[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  const lost = new AbortController()
  client.on('error', (error) => lost.abort(error))
  client.on('end', () => lost.abort(new Error('the lock was lost with its connection')))
  await client.connect()
  try {
    // Always in this order: two that want several never wait for each other.
    for (const lane of lanes.toSorted((a, b) => a - b))
      await client.query('select pg_advisory_lock($1)', [restoreLock(lane)])
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  await client.query("select set_config('idle_session_timeout', $1, false)", [idleLimit])
  const showing = setInterval(() => {
    client.query('select 1').catch((error: unknown) => lost.abort(error))
  }, showLifeEveryMs)
  try {
    return await work(lost.signal)
  } finally {
    clearInterval(showing)
    await client.end().catch(() => undefined)
  }
}
