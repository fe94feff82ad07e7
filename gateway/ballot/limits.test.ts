/** Rules of limits: how often a voter may vote in a box, as the admission script judges it on a real Redis. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import type { PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeRemembered, sliceMs } from '../../contracts/remembered.ts'
import { redisNow } from '../../runtime/redis-clock.redis.ts'
import {
  box,
  leftOrWhy,
  newVoter,
  openAdmissionHouse,
  stored,
  vote,
  type AdmissionHouse,
} from '../../tests/admission-house.ts'
import type { GroupAnswer, GroupVote } from './judged-vote.ts'

const mostWaiting = 2_000
const [minute, week] = [60, 7 * 24 * 60 * 60]
let house: AdmissionHouse
beforeAll(async () => {
  house = await openAdmissionHouse(10, mostWaiting)
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(() => house.forget())

const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))
const acceptedAt = (answer: GroupAnswer | undefined) => (answer?.is === 'accepted' ? answer.acceptedAt : 0)
const memoryOf = async ({ poll, voterKey }: GroupVote) =>
  decodeRemembered((await house.redis.hget(redisKeys.memory(poll.pollId), voterKey)) ?? '-')

describe('a limit', () => {
  for (const { votes, perSeconds } of [
    { votes: 1, perSeconds: null },
    { votes: 10, perSeconds: null },
    { votes: 100, perSeconds: null },
    { votes: 1, perSeconds: minute },
    { votes: 7, perSeconds: minute },
    { votes: 100, perSeconds: week },
  ]) {
    it(`Q1 of ${votes} in ${perSeconds === null ? 'the whole poll' : `${perSeconds} seconds`} lets so many in, counts down, and says when the next may come`, async () => {
      const poll = await house.openPoll([box('fans', votes, perSeconds)])
      const voterKey = newVoter()
      const group = times(votes + 2, (i) => vote(poll, { voterKey, optionNo: i % 2 }))
      const first = await house.answers(group.slice(0, Math.ceil(votes / 2)))
      const rest = await house.answers(group.slice(Math.ceil(votes / 2)))
      const next =
        perSeconds === null
          ? 'limit-reached'
          : `limit-reached until ${acceptedAt(first[0]) + perSeconds * 1_000}`
      const refused = votes === 1 && perSeconds === null ? 'already-voted' : next
      expect([...first, ...rest].map(leftOrWhy)).toEqual([
        ...times(votes, (i) => votes - 1 - i),
        refused,
        refused,
      ])
      expect(await house.told([vote(poll, { voterKey }), vote(poll)])).toEqual([refused, votes - 1])
    })
  }

  it('Q2 is none where the box has none', async () => {
    const poll = await house.openPoll([box('fans', null)])
    const voterKey = newVoter()
    const group = times(300, () => vote(poll, { voterKey }))
    expect(new Set(await house.told([...group, ...group.slice(0, 50)]))).toEqual(new Set([null]))
  })

  it('Q3 lets a vote go out of its window to the millisecond', async () => {
    const poll = await house.openPoll([box('fans', 2, minute)])
    const voters = times(400, () => newVoter())
    // Two votes each, the older of which leaves its window a millisecond after that of the voter before.
    for (let tries = 0; ; tries++) {
      await house.redis.del(redisKeys.memory(poll.pollId))
      const from = (await redisNow(house.redis)) - 100
      const leaves = (i: number) => from + i
      await house.restore(
        poll,
        voters.flatMap((voterKey, i) => [
          stored(vote(poll, { voterKey }), leaves(i) - minute * 1_000),
          stored(vote(poll, { voterKey }), leaves(i) - 1_000),
        ]),
      )
      const [now, ...answers] = await house.answers([
        vote(poll),
        ...voters.map((voterKey) => vote(poll, { voterKey })),
      ])
      expect(answers.map(leftOrWhy)).toEqual(
        voters.map((_, i) => (leaves(i) <= acceptedAt(now) ? 0 : `limit-reached until ${leaves(i)}`)),
      )
      // On a machine that paused in between, the edge lay behind all of them.
      if (acceptedAt(now) < leaves(399)) break
      expect(tries).toBeLessThan(20)
    }
  })

  it('Q4 slides: what counts are the votes of the last seconds, whenever they were', async () => {
    const poll = await house.openPoll([box('fans', 3, minute)])
    const voterKey = newVoter()
    const now = await redisNow(house.redis)
    const ago = [500, 90, 61, 40, 20].map((seconds) => now - seconds * 1_000)
    await house.restore(
      poll,
      ago.map((at) => stored(vote(poll, { voterKey }), at)),
    )
    const [one, another] = [vote(poll, { voterKey }), vote(poll, { voterKey })]
    expect(await house.told([one, another])).toEqual([0, `limit-reached until ${now + 20_000}`])
    expect(await memoryOf(one)).toHaveLength(6)
  })

  it('Q5 is of the voter and of the box; several polls in one group keep theirs apart', async () => {
    const boxes = [box('two', 2), box('one', 1), box('any', null), box('some', 1, minute)]
    const [poll, other] = [await house.openPoll(boxes), await house.openPoll(boxes.slice(0, 1))]
    const voterKey = newVoter()
    const of = (boxNo: number, its = poll) => vote(its, { voterKey, boxNo })
    const group = [
      ...[0, 0, 0, 1, 1, 2, 2, 3].map((boxNo) => of(boxNo)),
      of(0, other),
      vote(poll),
      of(0, other),
    ]
    expect(await house.told(group)).toEqual([
      ...[1, 0, 'limit-reached', 0, 'already-voted', null, null, 0],
      ...[1, 1, 0],
    ])
    expect(await house.told([of(0), of(1), of(2), of(0, other), group[1]!, group[6]!])).toEqual([
      ...['limit-reached', 'already-voted', null, 'limit-reached', 0, null],
    ])
  })

  it('Q19 binds a voter also where the texts of the poll change within a group', async () => {
    const poll = await house.openPoll([box('one', 1), box('two', 2)])
    const edited = { ...poll, question: 'Which now?', version: 2 }
    const voterKey = newVoter()
    const of = (its: PollRecord, boxNo: number) => vote(its, { voterKey, boxNo })
    expect(await house.told([of(poll, 0), of(edited, 0), of(edited, 1), of(poll, 1), of(edited, 1)])).toEqual(
      [0, 'already-voted', 1, 0, 'limit-reached'],
    )
  })
})

describe('a repeat', () => {
  it('Q6 never costs a vote, in its group and later, and hears how many are left now', async () => {
    const poll = await house.openPoll([box('fans', 3, minute), box('once', 2)])
    for (const boxNo of [0, 1]) {
      const voterKey = newVoter()
      const [one, two] = [vote(poll, { voterKey, boxNo }), vote(poll, { voterKey, boxNo })]
      const most = boxNo === 0 ? 3 : 2
      expect(await house.told([one, one, one])).toEqual([most - 1, most - 1, most - 1])
      expect(await house.told([one, two, one, two])).toEqual([most - 1, most - 2, most - 2, most - 2])
      expect(await memoryOf(one)).toHaveLength(2)
    }
  })

  it('Q7 is known behind its window for 15 minutes, and then no more', async () => {
    const poll = await house.openPoll([box('fans', 2, minute), box('daily', 2, 3_600)])
    const now = await redisNow(house.redis)
    const cases = [
      { boxNo: 0, agoMs: sliceMs - 60_000, hears: 'again 0', left: 2 },
      { boxNo: 0, agoMs: sliceMs + 1, hears: 0, left: 1 },
      { boxNo: 1, agoMs: 3_540_000, hears: 'again 0', left: 1 },
      { boxNo: 1, agoMs: 3_600_001, hears: 0, left: 1 },
    ]
    for (const { boxNo, agoMs, hears, left } of cases) {
      const old = vote(poll, { boxNo })
      await house.restore(poll, [stored(old, now - agoMs)])
      expect([await house.heard([old]), await house.told([old])]).toEqual([[hears], [left]])
      // The same where the memory was not restored but has grown old, and was kept in the voter's other box.
      const aged = vote(poll, { boxNo })
      await house.answers([aged, vote(poll, { ...aged, boxNo: 1 - boxNo, voteId: uuidv7() })])
      const key = redisKeys.memory(poll.pollId)
      const value = (await house.redis.hget(key, aged.voterKey)) ?? ''
      await house.redis.hset(key, aged.voterKey, value.replace(/\|\d{13}\|/, `|${now - agoMs}|`))
      expect([await house.heard([aged]), await house.told([aged])]).toEqual([[hears], [left]])
    }
  })

  it('Q8 with another choice or in another box is told that its id was used', async () => {
    const poll = await house.openPoll([box('fans', 3, minute), box('any', null), box('two', 2)])
    for (const boxNo of [0, 1, 2]) {
      const one = vote(poll, { boxNo })
      await house.answers([one])
      const others = [
        { ...one, optionNo: 1 },
        ...[0, 1, 2].filter((no) => no !== boxNo).map((no) => ({ ...one, boxNo: no })),
      ]
      expect(await house.told(others)).toEqual(times(3, () => 'vote-id-reused'))
      const unknown = [{ ...one, voterKey: newVoter(), optionNo: 1 }]
      expect(typeof (await house.heard(unknown))[0]).toBe('number')
    }
  })

  it('Q9 is none where a voteId is what a batch is called', async () => {
    const poll = await house.openPoll([box('fans', 3)])
    const [voterKey, batchId] = [newVoter(), uuidv7()]
    await house.answers([vote(poll, { voterKey })], batchId)
    const odd = vote(poll, { voterKey, voteId: batchId })
    expect(await house.heard([odd])).toEqual([0])
    expect(await house.told([odd, { ...odd, optionNo: 1 }, vote(poll, { voterKey })])).toEqual([
      1,
      'vote-id-reused',
      0,
    ])
  })
})

describe('a limit in a full house', () => {
  it('Q11 keeps what it had: nobody is admitted, nothing is used up, and who had used it up is told so', async () => {
    const poll = await house.openPoll([
      box('fans', 2, minute),
      box('two', 2),
      box('one', 1),
      box('any', null),
    ])
    const [known, used] = [vote(poll), vote(poll, { boxNo: 1 })]
    await house.answers([known, used, { ...used, voteId: uuidv7() }])
    const key = redisKeys.memory(poll.pollId)
    const before = await house.redis.hgetall(key)
    for (const room of [0, 3]) {
      await house.redis.hset(redisKeys.admitted, 'others', mostWaiting - 3 - room)
      const voterKey = newVoter()
      const full = times(4, (boxNo) => vote(poll, { voterKey, boxNo }))
      const again = { voterKey: known.voterKey, poll, boxNo: 0, optionNo: 0 }
      expect(
        await house.told([
          ...full,
          ...[full[0]!, { ...full[0]!, optionNo: 1 }, { ...full[2]!, voteId: uuidv7() }],
          ...[{ ...again, voteId: uuidv7() }, known, { ...again, voteId: uuidv7() }],
          ...[used, { ...used, voteId: uuidv7() }],
        ]),
      ).toEqual([
        ...times(7, () => 'queue-full'),
        ...['queue-full', 1, 'queue-full'],
        ...[0, 'limit-reached'],
      ])
      expect(await house.redis.hgetall(key)).toEqual(before)
      expect(await house.redis.exists(times(3, (i) => redisKeys.recent(poll.pollId, i as 0 | 1 | 2)))).toBe(0)
    }
  })
})
