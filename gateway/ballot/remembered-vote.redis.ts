/** Looks up what Redis remembers of a voter and of one vote. */
import { z } from 'zod'
import { decodeRemembered, recentField, slices, type RememberedVote } from '../../contracts/remembered.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import type { Lane, LaneOf } from '../lanes.ts'
import type { RememberedVoter } from './allowance.ts'
import { MemoryChanged } from './judged-vote.ts'

const answersShape = z.array(z.string().nullable())

/** The values of these fields. A memory without an epoch is being restored: what it lacks says nothing yet. */
async function lookUp(
  { redis, keys }: Lane,
  fields: readonly (readonly [key: string, field: string])[],
): Promise<(string | null)[]> {
  const multi = redis.multi().get(keys.epoch)
  for (const [key, field] of fields) multi.hget(key, field)
  const [epoch, ...values] = answersShape.parse(await execAll(multi))
  if (epoch === null) throw new MemoryChanged()
  return values
}

/** Null where no such vote of this voter is remembered. */
export function makeRememberedVote(
  laneOf: LaneOf,
): (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null> {
  return async (pollId, voterKey, voteId) => {
    const lane = laneOf(pollId, voterKey)
    if (lane === null) return null
    const recent = slices.map(
      (slice) => [lane.keys.recent(pollId, slice), recentField(voterKey, voteId)] as const,
    )
    const values = await lookUp(lane, [[lane.keys.memory(pollId), voterKey], ...recent])
    const votes = values.flatMap((value) => (value === null ? [] : decodeRemembered(value)))
    return votes.findLast((vote) => vote.voteId === voteId) ?? null
  }
}

/** Whether a voter has voted in a poll, and their votes in its boxes with a limit. */
export function makeRememberedOf(
  laneOf: LaneOf,
): (pollId: string, voterKey: string) => Promise<RememberedVoter> {
  return async (pollId, voterKey) => {
    const lane = laneOf(pollId, voterKey)
    if (lane === null) return { hasVoted: false, votes: [] }
    const [value = null] = await lookUp(lane, [[lane.keys.memory(pollId), voterKey]])
    return { hasVoted: value !== null, votes: value === null ? [] : decodeRemembered(value) }
  }
}
