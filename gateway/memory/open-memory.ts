/** Opens the keepers of the memory that each lane has, with all that restoring it takes. */
import type { DatabasePool } from 'slonik'
import type { Log } from '../../runtime/log.ts'
import type { Lane, Lanes } from '../lanes.ts'
import type { StoredPoll } from '../polls/poll-rows.slonik.ts'
import { readPolls, recordOf } from '../polls/poll-rows.slonik.ts'
import { makeProjectOnLane } from '../polls/project-poll.redis.ts'
import { makeBeat } from './beat.redis.ts'
import { needHashTags } from './house-lanes.slonik.ts'
import { keepMemory, type MemoryKeeper } from './keep-memory.ts'
import { withRestoreLock } from './memory-lock.pg.ts'
import { bringMirrorUp } from './mirror-silent-runs.ts'
import { mirrorBeat, mirrorNewEpoch, readMirror } from './mirror.slonik.ts'
import { queuedBatches } from './queued-batches.bullmq.ts'
import { holdsMirrored, restoreMemory } from './restore-memory.redis.ts'
import { readLastSeqs } from './run-numbers.redis.ts'
import { votesToRestore } from './votes-to-restore.slonik.ts'

interface MemoryParts {
  readonly lanes: Lanes
  readonly pool: DatabasePool
  readonly databaseUrl: string
  /** Told of each poll whose record is on Redis again. */
  readonly onRestored: (poll: StoredPoll) => void
  readonly log: Log
}

/**
 * One for each lane: a lane that is lost is restored alone, and votes of the others go on meanwhile. The first has to be
 * there from the beginning, since the polls are in it.
 */
export async function openMemory(
  stack: AsyncDisposableStack,
  parts: MemoryParts,
): Promise<readonly MemoryKeeper[]> {
  const keepers = parts.lanes.map((lane) => {
    const keeper = keepMemory(keepingOf(lane, parts))
    stack.use(keeper)
    return keeper
  })
  await keepers[0]?.taken
  // One that is away by now is taken up when it is back.
  await Promise.allSettled(keepers.map(({ taken }) => taken))
  return keepers
}

function keepingOf(lane: Lane, parts: MemoryParts): Parameters<typeof keepMemory>[0] {
  const { lanes, pool, onRestored } = parts
  const log = parts.log.child({ lane: lane.no })
  const projectHere = makeProjectOnLane(lane)
  const project = async (poll: StoredPoll) => {
    await projectHere(recordOf(poll), !poll.everOpened)
    if (lane.no === 0) onRestored(poll)
  }
  const mirrorOf = async () => {
    await needHashTags(pool, lanes.length)
    return readMirror(pool, lane.no)
  }
  const restoreUnderLock = () =>
    withRestoreLock(parts.databaseUrl, [lane.no], async (signal) => {
      // Whoever held the lock before may have restored it already.
      const mirror = await mirrorOf()
      if (mirror !== null && (await holdsMirrored(lane, mirror))) return
      await restoreMemory(
        lane,
        lanes.length,
        {
          polls: () => readPolls(pool),
          ...votesToRestore(pool),
          queuedBatches: () => queuedBatches(lane),
          mirrorRuns: async () => void (await bringMirrorUp(lane, pool, await readLastSeqs(lane), log)),
          mirrorNewEpoch: (epoch) => mirrorNewEpoch(pool, { lane: lane.no, hashTags: lanes.length }, epoch),
          project,
        },
        log,
        signal,
      )
    })
  return {
    beat: makeBeat(lane),
    readMirror: mirrorOf,
    mirrorBeat: (mirror) => mirrorBeat(pool, lane.no, mirror),
    restore: restoreUnderLock,
    log,
  }
}
