/** Looks up what Redis remembers of one vote. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeRemembered, rememberedField, type RememberedVote } from '../../contracts/remembered.ts'

export function makeRememberedVote(
  redis: Redis,
): (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null> {
  return async (pollId, voterKey, voteId) => {
    const text = await redis.hget(redisKeys.memory(pollId), rememberedField(voterKey, voteId))
    return text === null ? null : decodeRemembered(text)
  }
}
