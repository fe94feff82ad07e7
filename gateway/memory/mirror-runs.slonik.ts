/** Mirrors in Postgres, each second, how far this gateway's runs have numbered their batches. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'

const mirrorEveryMs = 1_000
const none = z.object({})

/** accepted: votes that the run has put into jobs in all; polls: the same of each poll that its newest batch holds. */
export interface RunState {
  readonly run: string
  readonly seq: number
  readonly accepted: number
  readonly polls: readonly { readonly pollNo: number; readonly accepted: number }[]
}

/** What of a run is not in Postgres yet. */
interface Unmirrored {
  readonly run: string
  seq: number
  accepted: number
  readonly polls: Map<number, number>
}

/**
 * One statement, so that a reader finds what was accepted of each poll as of the run's last_seq. Numbers of a run only
 * grow, so whoever writes them, in whatever order, leaves the newest.
 */
export async function mirrorRun(
  pool: DatabasePool,
  { run, seq, accepted, polls }: Omit<RunState, 'polls'> & { readonly polls: ReadonlyMap<number, number> },
): Promise<void> {
  const rows = [...polls].map(([pollNo, ofPoll]) => [pollNo, ofPoll])
  await pool.query(sql.type(none)`
    with run as (
      insert into gateway_runs (run_id, last_seq, accepted) values (${run}, ${seq}, ${accepted})
      on conflict (run_id) do update set last_seq = greatest(gateway_runs.last_seq, excluded.last_seq),
        accepted = greatest(gateway_runs.accepted, excluded.accepted), seen_at = now()
      returning run_id)
    insert into run_polls (run_id, poll_no, accepted)
    select run.run_id, its.poll_no, its.accepted
    from run, ${sql.unnest(rows, ['int4', 'int8'])} as its (poll_no, accepted)
    on conflict (run_id, poll_no) do update set accepted = greatest(run_polls.accepted, excluded.accepted)`)
}

/** Postgres being away delays the mirror and nothing else. Closing mirrors the last state. */
export function mirrorRuns(
  pool: DatabasePool,
  log: Log,
): { readonly note: (state: RunState) => void } & AsyncDisposable {
  const unmirrored = new Map<string, Unmirrored>()

  async function mirror(): Promise<void> {
    for (const state of [...unmirrored.values()]) {
      unmirrored.delete(state.run)
      try {
        await mirrorRun(pool, state)
      } catch (error) {
        put(state)
        throw error
      }
    }
  }

  /** What is newer stands already where an older state comes back. */
  function put({ run, seq, accepted, polls }: Unmirrored): void {
    const its = unmirrored.get(run)
    if (its === undefined) {
      unmirrored.set(run, { run, seq, accepted, polls: new Map(polls) })
      return
    }
    its.seq = Math.max(its.seq, seq)
    its.accepted = Math.max(its.accepted, accepted)
    for (const [pollNo, ofPoll] of polls) its.polls.set(pollNo, Math.max(its.polls.get(pollNo) ?? 0, ofPoll))
  }

  const loop = repeat(mirrorEveryMs, mirror, (error) =>
    log.debug({ err: error }, 'could not mirror the runs'),
  )
  return {
    note: ({ polls, ...state }) =>
      put({ ...state, polls: new Map(polls.map(({ pollNo, accepted }) => [pollNo, accepted])) }),
    async [Symbol.asyncDispose]() {
      await loop.stop()
      await mirror().catch((error: unknown) => log.warn({ err: error }, 'the last batches were not mirrored'))
    },
  }
}
