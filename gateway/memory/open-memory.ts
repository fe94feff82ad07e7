/** Opens the keeper of Redis' memory, with all that restoring it takes. */
import type { Redis } from 'ioredis'
import type { DatabasePool } from 'slonik'
import type { Log } from '../../runtime/log.ts'
import type { StoredPoll } from '../polls/poll-rows.slonik.ts'
import { readPolls } from '../polls/poll-rows.slonik.ts'
import { makeBeat } from './beat.redis.ts'
import { keepMemory, type MemoryKeeper } from './keep-memory.ts'
import { withRestoreLock } from './memory-lock.pg.ts'
import { mirrorBeat, mirrorNewEpoch, readMirror } from './mirror.slonik.ts'
import { queuedBatches } from './queued-batches.bullmq.ts'
import { holdsMirrored, restoreMemory } from './restore-memory.redis.ts'
import { votesToRestore } from './votes-to-restore.slonik.ts'

export function openMemory(parts: {
  readonly redis: Redis
  readonly pool: DatabasePool
  readonly databaseUrl: string
  readonly project: (poll: StoredPoll) => Promise<void>
  readonly log: Log
}): Promise<MemoryKeeper> {
  const { redis, pool, log } = parts
  const restoreUnderLock = () =>
    withRestoreLock(parts.databaseUrl, async (signal) => {
      // Whoever held the lock before may have restored it already.
      const mirror = await readMirror(pool)
      if (mirror !== null && (await holdsMirrored(redis, mirror))) return
      await restoreMemory(
        redis,
        {
          polls: () => readPolls(pool),
          ...votesToRestore(pool),
          queuedBatches: () => queuedBatches(redis),
          mirrorNewEpoch: (epoch) => mirrorNewEpoch(pool, epoch),
          project: parts.project,
        },
        log,
        signal,
      )
    })
  return keepMemory({
    beat: makeBeat(redis),
    readMirror: () => readMirror(pool),
    mirrorBeat: (mirror) => mirrorBeat(pool, mirror),
    restore: restoreUnderLock,
    log,
  })
}
