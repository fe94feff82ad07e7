/** Looks up what Redis remembers of one vote. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeRemembered, rememberedField, type RememberedVote } from '../../contracts/remembered.ts'

export function makeRememberedVote(
  redis: Redis,
): (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null> {
  return async (pollId, voterKey, voteId) => {
    const fields = [true, false].map((isLimited) => rememberedField(isLimited, voterKey, voteId))
    const texts = await redis.hmget(redisKeys.memory(pollId), ...fields)
    const votes = texts.flatMap((text) => (text === null ? [] : decodeRemembered(text)))
    return votes.find((vote) => vote.voteId === voteId) ?? null
  }
}
