/** Mirrors in Postgres, each second, how far this gateway's runs have numbered their batches. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'

const mirrorEveryMs = 1_000
const none = z.object({})

/** accepted: votes that the run has put into jobs in all. */
export interface RunState {
  readonly run: string
  readonly seq: number
  readonly accepted: number
}

/** Postgres being away delays the mirror and nothing else. Closing mirrors the last state. */
export function mirrorRuns(
  pool: DatabasePool,
  log: Log,
): { readonly note: (state: RunState) => void } & AsyncDisposable {
  const unmirrored = new Map<string, RunState>()
  async function mirror(): Promise<void> {
    for (const state of [...unmirrored.values()]) {
      await pool.query(sql.type(none)`
        insert into gateway_runs (run_id, last_seq, accepted) values (${state.run}, ${state.seq}, ${state.accepted})
        on conflict (run_id) do update set last_seq = greatest(gateway_runs.last_seq, excluded.last_seq),
          accepted = greatest(gateway_runs.accepted, excluded.accepted), seen_at = now()`)
      if (unmirrored.get(state.run) === state) unmirrored.delete(state.run)
    }
  }
  const loop = repeat(mirrorEveryMs, mirror, (error) =>
    log.debug({ err: error }, 'could not mirror the runs'),
  )
  return {
    note: (state) => void unmirrored.set(state.run, state),
    async [Symbol.asyncDispose]() {
      await loop.stop()
      await mirror().catch((error: unknown) => log.warn({ err: error }, 'the last batches were not mirrored'))
    },
  }
}
