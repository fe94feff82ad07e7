/** Looks up what Redis remembers of a voter and of one vote. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeRemembered, recentField, slices, type RememberedVote } from '../../contracts/remembered.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import type { RememberedVoter } from './allowance.ts'
import { MemoryChanged } from './judged-vote.ts'

const answersShape = z.array(z.string().nullable())

/** The values of these fields. A memory without an epoch is being restored: what it lacks says nothing yet. */
async function lookUp(
  redis: Redis,
  fields: readonly (readonly [key: string, field: string])[],
): Promise<(string | null)[]> {
  const multi = redis.multi().get(redisKeys.epoch)
  for (const [key, field] of fields) multi.hget(key, field)
  const [epoch, ...values] = answersShape.parse(await execAll(multi))
  if (epoch === null) throw new MemoryChanged()
  return values
}

/** Null where no such vote of this voter is remembered. */
export function makeRememberedVote(
  redis: Redis,
): (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null> {
  return async (pollId, voterKey, voteId) => {
    const recent = slices.map(
      (slice) => [redisKeys.recent(pollId, slice), recentField(voterKey, voteId)] as const,
    )
    const values = await lookUp(redis, [[redisKeys.memory(pollId), voterKey], ...recent])
    const votes = values.flatMap((value) => (value === null ? [] : decodeRemembered(value)))
    return votes.findLast((vote) => vote.voteId === voteId) ?? null
  }
}

/** Whether a voter has voted in a poll, and their votes in its boxes with a limit. */
export function makeRememberedOf(
  redis: Redis,
): (pollId: string, voterKey: string) => Promise<RememberedVoter> {
  return async (pollId, voterKey) => {
    const [value = null] = await lookUp(redis, [[redisKeys.memory(pollId), voterKey]])
    return { hasVoted: value !== null, votes: value === null ? [] : decodeRemembered(value) }
  }
}
