/** Gives Redis back who has voted in a poll that was closed, before it is opened again. */
import type { Redis } from 'ioredis'
import type { PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { withRestoreLock } from './memory-lock.pg.ts'
import { restoreVotes, type VoteSource } from './restore-votes.redis.ts'

// From when the opening is on Redis the memory lasts as long as the poll is open; until then it may be away for hours.
const opensWithinMs = 24 * 60 * 60 * 1_000

/**
 * All under the restore lock: no memory is restored meanwhile that knows the poll as closed, and none that is half
 * restored is taken for whole.
 */
export function makeReopenPoll(parts: {
  readonly redis: Redis
  readonly databaseUrl: string
  readonly source: VoteSource
}): <T>(poll: PollRecord, open: () => Promise<T>) => Promise<T> {
  const { redis, databaseUrl, source } = parts
  return (poll, open) =>
    withRestoreLock(databaseUrl, async (signal) => {
      const memory = redisKeys.memory(poll.pollId)
      const leftMs = await redis.pttl(memory)
      // One that is about to end lasts until the opening; what is not there any more says 0.
      const stands = leftMs === -1 || (await redis.pexpire(memory, Math.max(leftMs, opensWithinMs))) === 1
      if (!stands) await restoreVotes(redis, { ...poll, state: 'open' }, source, opensWithinMs)
      signal.throwIfAborted()
      return open()
    })
}
