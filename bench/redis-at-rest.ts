/** Resolves when Redis neither saves nor rewrites: what one contender left behind must not be paid by the next. */
import type { Redis } from 'ioredis'
import { rest } from '../runtime/rest.ts'

const restsWithinMs = 60_000

export async function redisAtRest(redis: Redis, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + restsWithinMs
  for (;;) {
    const told = await redis.info('persistence')
    if (!/^(rdb_bgsave_in_progress|aof_rewrite_in_progress|aof_rewrite_scheduled):1/m.test(told)) return
    if (Date.now() > giveUpAt) throw new Error(`Redis was not at rest within ${restsWithinMs / 1000} s`)
    await rest(50, signal)
    signal.throwIfAborted()
  }
}

/** Takes away what a rival put there, a little at a time. */
export async function forget(redis: Redis, pattern: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 2_000)
    if (keys.length > 0) await redis.unlink(...keys)
    cursor = next
  } while (cursor !== '0')
}
