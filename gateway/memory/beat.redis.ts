/** One beat of a lane's memory: proof that it is still the one expected. */
import type { Result } from 'ioredis'
import { z } from 'zod'
import type { Lane } from '../lanes.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaBeat(...args: (string | number)[]): Result<unknown, Context>
  }
}

// KEYS: epoch, beat. ARGV: epoch expected, lowest beat.
// Returns the new beat, or -1 where this is another memory.
const lua = `
if redis.call('get', KEYS[1]) ~= ARGV[1] or tonumber(redis.call('get', KEYS[2]) or '-1') < tonumber(ARGV[2]) then
  return -1
end
return redis.call('incr', KEYS[2])`

/** Answers the new beat, or null where Redis holds another memory. */
export function makeBeat({
  redis,
  keys,
}: Lane): (expected: { epoch: string; lowestBeat: number }) => Promise<number | null> {
  redis.defineCommand('urnaBeat', { lua })
  return async ({ epoch, lowestBeat }) => {
    const answer = await redis.urnaBeat(2, keys.epoch, keys.beat, epoch, lowestBeat)
    const beat = z.int().parse(answer)
    return beat < 0 ? null : beat
  }
}
