/** Says whether a voter has a vote in a poll, as Redis remembers it. */
import { z } from 'zod'
import { execAll } from '../../runtime/exec-all.redis.ts'
import { MemoryChanged } from '../ballot/judged-vote.ts'
import type { LaneOf } from '../lanes.ts'

/** voterKeys: a voter's names in this poll, one for each kind of ballot box that they may vote in. */
export type HasVoted = (pollId: string, voterKeys: readonly string[]) => Promise<boolean>

const answersShape = z.tuple([z.string().nullable(), z.number()])

/**
 * Who has voted in any box has a field of their own: see contracts/remembered.ts. Throws MemoryChanged where the memory
 * is being restored: that it lacks a voter says nothing yet.
 */
export function makeHasVoted(laneOf: LaneOf): HasVoted {
  const knows = async (pollId: string, voterKey: string) => {
    const lane = laneOf(pollId, voterKey)
    if (lane === null) return false
    const { redis, keys } = lane
    const asked = redis.multi().get(keys.epoch).hexists(keys.memory(pollId), voterKey)
    const [epoch, found] = answersShape.parse(await execAll(asked))
    if (epoch === null) throw new MemoryChanged()
    return found === 1
  }
  return async (pollId, voterKeys) =>
    (await Promise.all(voterKeys.map((voterKey) => knows(pollId, voterKey)))).includes(true)
}
