/** The clock that votes are judged by: Redis' own. */
import type { Redis } from 'ioredis'

/** Epoch ms. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
}
