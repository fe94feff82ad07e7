/** Says whether a voter has a vote in a poll, as Redis remembers it. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import { MemoryChanged } from '../ballot/judged-vote.ts'

/** voterKeys: a voter's names in this poll, one for each kind of ballot box that they may vote in. */
export type HasVoted = (pollId: string, voterKeys: readonly string[]) => Promise<boolean>

const answersShape = z.tuple([z.string().nullable()], z.number())

/**
 * Who has voted in any box has a field of their own: see contracts/remembered.ts. Throws MemoryChanged where the memory
 * is being restored: that it lacks a voter says nothing yet.
 */
export function makeHasVoted(redis: Pick<Redis, 'multi'>): HasVoted {
  return async (pollId, voterKeys) => {
    if (voterKeys.length === 0) return false
    const multi = redis.multi().get(redisKeys.epoch)
    for (const key of voterKeys) multi.hexists(redisKeys.memory(pollId), key)
    const [epoch, ...found] = answersShape.parse(await execAll(multi))
    if (epoch === null) throw new MemoryChanged()
    return found.includes(1)
  }
}
