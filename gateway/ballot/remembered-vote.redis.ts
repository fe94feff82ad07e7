/** Looks up what Redis remembers of one vote. */
import type { Redis } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import type { RememberedVote } from './vote-status.ts'

export function makeRememberedVote(
  redis: Redis,
): (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote> {
  return async (pollId, voterKey, voteId) => {
    const text = await redis.hget(redisKeys.memory(pollId), `${voterKey} ${voteId}`)
    if (text === null) return null
    const [state, , , batchId, position] = text.split('|')
    if (state !== 'q' || batchId === undefined) return 'pending'
    return { batchId, position: Number(position) }
  }
}
