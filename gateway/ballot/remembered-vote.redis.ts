/** Looks up what Redis remembers of one vote. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import type { RememberedVoter } from './allowance.ts'
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

/** All that Redis remembers of one voter in boxes with a limit. */
export function makeRememberedOf(
  redis: Redis,
): (pollId: string, voterKey: string) => Promise<RememberedVoter> {
  return async (pollId, voterKey) => {
    const text = await redis.hget(redisKeys.memory(pollId), rememberedField(true, voterKey, ''))
    return { hasVoted: text !== null, votes: text === null ? [] : decodeRemembered(text) }
  }
}
