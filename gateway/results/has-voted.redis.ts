/** Says whether a voter has a vote in a poll, as Redis remembers it. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'

/** voterKeys: a voter's names in this poll, one for each kind of ballot box that they may vote in. */
export type HasVoted = (pollId: string, voterKeys: readonly string[]) => Promise<boolean>

/** Who has voted in any box has a field of their own: see contracts/remembered.ts. */
export function makeHasVoted(redis: Pick<Redis, 'hexists'>): HasVoted {
  return async (pollId, voterKeys) => {
    const found = await Promise.all(voterKeys.map((key) => redis.hexists(redisKeys.memory(pollId), key)))
    return found.includes(1)
  }
}
