/** Mirrors what a run put into the queue and no longer mirrors itself: its gateway was killed, or missed an answer. */
import type { DatabasePool } from 'slonik'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { Lane } from '../lanes.ts'
import { mirrorRun } from './mirror-runs.slonik.ts'
import { votedPolls, wholeInMirror } from './mirrored-runs.slonik.ts'
import { readLastSeqs, readRunNumbers } from './run-numbers.redis.ts'

// Who lives mirrors itself each second: what stands still from one look to the next should be in the mirror.
const lookEveryMs = 1_000

/**
 * Every gateway does it for every run, also for its own: one that is killed cannot, and a second gateway that writes the
 * same numbers changes nothing. It costs a lane one small read a second. What is known to be mirrored is not asked for
 * again, since runs that are over stay on Redis until there is a new memory.
 */
export function mirrorSilentRuns(lanes: readonly Lane[], pool: DatabasePool, log: Log): AsyncDisposable {
  // Each lane by itself: one that is away keeps nothing from the rest.
  const loops = lanes.map((lane) =>
    repeat(lookEveryMs, makeLookAtLane(lane, pool, log), (error) =>
      log.debug({ err: error, lane: lane.no }, 'could not look at the runs'),
    ),
  )
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}

function makeLookAtLane(lane: Lane, pool: DatabasePool, log: Log): () => Promise<void> {
  let before: ReadonlyMap<string, number> = new Map()
  const mirrored = new Map<string, number>()
  return async () => {
    const seqs = await readLastSeqs(lane)
    const silent = [...seqs].filter(([run, seq]) => before.get(run) === seq && (mirrored.get(run) ?? 0) < seq)
    before = seqs
    for (const run of mirrored.keys()) if (!seqs.has(run)) mirrored.delete(run)
    for (const [run, seq] of await bringMirrorUp(lane, pool, new Map(silent), log)) mirrored.set(run, seq)
  }
}

/**
 * Run -> seq, of those that Postgres has now. `seqs`: how far runs of a lane were found to be. The polls are read after
 * that, so that each with votes in those batches is among them, and a run that has moved on since is left to itself: what
 * is written is whole as of its number.
 */
export async function bringMirrorUp(
  lane: Lane,
  pool: DatabasePool,
  seqs: ReadonlyMap<string, number>,
  log: Log,
): Promise<ReadonlyMap<string, number>> {
  if (seqs.size === 0) return seqs
  const whole = await wholeInMirror(pool, [...seqs.keys()])
  const behind = [...seqs.keys()].filter((run) => (whole.get(run) ?? 0) < (seqs.get(run) ?? 0))
  const done = new Map(seqs)
  if (behind.length === 0) return done
  for (const state of await readRunNumbers(lane, behind, await votedPolls(pool))) {
    const { run, seq, accepted } = state
    if (seq === seqs.get(run)) {
      await mirrorRun(pool, state)
      log.info({ lane: lane.no, run, seq, accepted }, 'mirrored a run that had not done so itself')
    } else done.delete(run)
  }
  return done
}
