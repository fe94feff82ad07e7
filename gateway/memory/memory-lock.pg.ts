/** Lets one gateway at a time restore Redis' memory: a session-level advisory lock of Postgres. */
import pg from 'pg'

// Any fixed number will do, as long as nothing else in this database locks by it.
const restoreLock = 7_310_002

// Who holds the lock shows it every 2 s; one that is paused for 10 s has lost it.
const showLifeEveryMs = 2_000
const idleLimit = '10s'

/**
 * Waits for the lock, runs `work`, and gives the lock back with its connection, however that ends. The signal fires
 * when the lock is lost while the work goes on.
 */
export async function withRestoreLock<T>(
  databaseUrl: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  const lost = new AbortController()
  client.on('error', (error) => lost.abort(error))
  client.on('end', () => lost.abort(new Error('the lock was lost with its connection')))
  await client.connect()
  await client.query('select pg_advisory_lock($1)', [restoreLock])
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
