/** Lets one worker at a time play a role: a session-level advisory lock of Postgres. */
import pg from 'pg'
import { rest } from '../../runtime/rest.ts'

// Who holds the lock shows it every second; one that is paused for 5 s has lost it.
const showLifeEveryMs = 1_000
const idleLimit = '5s'
// How soon one that stands by takes over from one that died: its lock goes with its connection.
const askEveryMs = 1_000

/**
 * Plays the role whenever the lock is ours, until the signal fires. `play` ends when its signal does: the lock was lost,
 * or we are stopping.
 */
export async function whileTheOnlyOne(
  its: { readonly databaseUrl: string; readonly lock: number; readonly signal: AbortSignal },
  play: (signal: AbortSignal) => Promise<void>,
  onFault: (error: unknown) => void,
): Promise<void> {
  const { databaseUrl, lock, signal } = its
  while (!signal.aborted) {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
    const lost = new AbortController()
    const lose = () => lost.abort()
    client.on('error', lose)
    client.on('end', lose)
    signal.addEventListener('abort', lose, { once: true })
    try {
      await client.connect()
      await client.query("select set_config('idle_session_timeout', $1, false)", [idleLimit])
      if (await untilOurs(client, lock, lost.signal)) {
        const showing = setInterval(() => {
          client.query('select 1').catch(lose)
        }, showLifeEveryMs)
        try {
          await play(lost.signal)
        } finally {
          clearInterval(showing)
        }
      }
    } catch (error) {
      onFault(error)
    } finally {
      signal.removeEventListener('abort', lose)
      await client.end().catch(() => undefined)
    }
    await rest(askEveryMs, signal)
  }
}

async function untilOurs(client: pg.Client, lock: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [lock])
    if (rows[0]?.ours === true) return true
    await rest(askEveryMs, signal)
  }
  return false
}
