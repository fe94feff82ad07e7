/** Puts the tally on Redis right where it was found to be false. */
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import type { Mend } from '../../contracts/mends.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'

const lua = readFileSync(new URL('../../contracts/mend-tally.lua', import.meta.url), 'utf8')

export async function mendTally(redis: Redis, pollId: string, mends: readonly Mend[]): Promise<void> {
  const args = mends.flatMap(({ shard, seen, value }) => [shard, seen, value ?? ''])
  await redis.eval(lua, 1, redisKeys.tally(pollId), ...args)
}
