/** One beat of Redis' memory: proof that it is still the one expected, and the sign of life of this gateway's run. */
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { redisKeys } from '../../contracts/redis-keys.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaBeat(...args: (string | number)[]): Result<unknown, Context>
  }
}

// A run that was not heard of for this long is gone; what it had reserved is free again.
const goneAfterMs = 30_000

// KEYS: epoch, beat, runs, reserved. ARGV: epoch expected, lowest beat, run, ms after which a run is gone.
// Returns the new beat, or -1 where this is another memory.
const lua = `
if redis.call('get', KEYS[1]) ~= ARGV[1] or tonumber(redis.call('get', KEYS[2]) or '-1') < tonumber(ARGV[2]) then
  return -1
end
local clock = redis.call('time')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('zadd', KEYS[3], now, ARGV[3])
local gone = redis.call('zrangebyscore', KEYS[3], '-inf', now - tonumber(ARGV[4]))
for _, run in ipairs(gone) do
  redis.call('hdel', KEYS[4], run)
  redis.call('zrem', KEYS[3], run)
end
return redis.call('incr', KEYS[2])`

/** Answers the new beat, or null where Redis holds another memory. */
export function makeBeat(
  redis: Redis,
): (expected: { epoch: string; lowestBeat: number; run: string }) => Promise<number | null> {
  redis.defineCommand('urnaBeat', { lua })
  return async ({ epoch, lowestBeat, run }) => {
    const keys = [redisKeys.epoch, redisKeys.beat, redisKeys.runs, redisKeys.reserved]
    const args = [epoch, lowestBeat, run, goneAfterMs]
    const beat = z.int().parse(await redis.urnaBeat(keys.length, ...keys, ...args))
    return beat < 0 ? null : beat
  }
}
