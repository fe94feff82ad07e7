/** Rules of what is remembered of a voter, and for how long, as the admission script keeps it on a real Redis. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BallotBox } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeRemembered, sliceMs } from '../../contracts/remembered.ts'
import { redisNow } from '../../runtime/redis-clock.redis.ts'
import {
  box,
  newVoter,
  openAdmissionHouse,
  stored,
  vote,
  type AdmissionHouse,
} from '../../tests/admission-house.ts'
import type { GroupVote } from './judged-vote.ts'

const minute = 60
let house: AdmissionHouse
beforeAll(async () => {
  house = await openAdmissionHouse(12, 2_000)
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(() => house.forget())

const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))
const memoryOf = async ({ poll, voterKey }: GroupVote) =>
  decodeRemembered((await house.redis.hget(redisKeys.memory(poll.pollId), voterKey)) ?? '-')

describe('a vote in a box without a limit', () => {
  it('Q10 is known in this slice of time and the one before', () =>
    house.withinOneSlice(async () => {
      const poll = await house.openPoll([box('any', null)])
      const [one, past, before] = [vote(poll), vote(poll), vote(poll)]
      const now = await redisNow(house.redis)
      const sliceStart = Math.floor(now / sliceMs) * sliceMs
      await house.restore(poll, [
        stored(before, sliceStart - sliceMs - 1),
        stored(past, sliceStart - sliceMs),
      ])
      await house.answers([one])
      expect(await house.heard([one, past, before])).toEqual(['again 0', 'again 0', 0])
      const recent = await house.redis.keys(`${redisKeys.recent(poll.pollId, 0).slice(0, -1)}*`)
      const ends = await Promise.all(recent.map((key) => house.redis.pttl(key)))
      const left = sliceStart + sliceMs - now
      // Its end is an instant of the clock, not a time from the last vote on.
      expect(ends.sort((a, b) => a - b).map((ms, i) => Math.abs(ms - left - i * sliceMs) < 10_000)).toEqual([
        true,
        true,
      ])
      // That they have voted is known of each, for as long as the poll.
      expect(await house.redis.hmget(redisKeys.memory(poll.pollId), one.voterKey, before.voterKey)).toEqual([
        '-',
        '-',
      ])
      expect(await house.redis.ttl(redisKeys.memory(poll.pollId))).toBe(-1)
    }))
})

describe('the memory of a voter', () => {
  it('Q12 holds a hundred votes of a box with a window, the newest, and loses none of other boxes', async () => {
    const boxes: BallotBox[] = [box('once', 2), box('fans', 100, minute), box('any', null)]
    const poll = await house.openPoll(boxes)
    const voterKey = newVoter()
    const first = vote(poll, { voterKey, boxNo: 2 })
    await house.answers([first, vote(poll, { voterKey, boxNo: 0 })])
    const many = times(130, () => vote(poll, { voterKey, boxNo: 1 }))
    const now = await redisNow(house.redis)
    // A minute and more ago, in the order in which they were cast; then they were remembered as they came.
    await house.restore(
      poll,
      many.map((one, i) => stored(one, now - 200_000 + i * 1_000)),
    )
    const fans = async () =>
      (await memoryOf(first)).filter(({ boxNo }) => boxNo === 1).map(({ voteId }) => voteId)
    expect(await fans()).toEqual(many.slice(-100).map(({ voteId }) => voteId))
    const next = times(30, () => vote(poll, { voterKey, boxNo: 1 }))
    expect(await house.told(next)).toEqual(times(30, (i) => 99 - i))
    expect(await fans()).toEqual([...many.slice(-70), ...next].map(({ voteId }) => voteId))
    expect((await memoryOf(first)).filter(({ boxNo }) => boxNo === 0)).toHaveLength(1)
    expect(await house.told([vote(poll, { voterKey, boxNo: 0 }), next[3]!, many[129]!])).toEqual([0, 70, 70])
  })

  it('Q13 sheds what its window and its repeats ask for no more, when the voter comes again', async () => {
    const poll = await house.openPoll([box('fans', 7, minute), box('once', 1)])
    const voterKey = newVoter()
    const old = times(5, (i) => vote(poll, { voterKey, boxNo: i === 2 ? 1 : 0 }))
    await house.answers(old)
    const key = redisKeys.memory(poll.pollId)
    const value = (await house.redis.hget(key, voterKey)) ?? ''
    const longAgo = (await redisNow(house.redis)) - sliceMs - 1
    await house.redis.hset(key, voterKey, `-;${value.replaceAll(/\|\d{13}\|/g, `|${longAgo}|`)}`)
    const now = vote(poll, { voterKey })
    expect(await house.told([now, vote(poll, { voterKey, boxNo: 1 })])).toEqual([6, 'already-voted'])
    expect((await memoryOf(now)).map(({ voteId }) => voteId)).toEqual([old[2]!.voteId, now.voteId])
  })
})
