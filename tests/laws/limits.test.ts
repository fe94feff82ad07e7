/** The laws of limits: whoever asks, through whichever gateway, nobody has more votes than a ballot box allows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { voteAnswerShape, type VoteAnswer } from '../../contracts/vote.ts'
import type { BallotBox, Poll, VoteLimit } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { bare, placeOf } from '../bare-receipt.ts'
import { storedVotes, untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'

let house: House
let doors: readonly [Door, Door]
beforeAll(async () => {
  house = await startHouse()
  doors = [await house.gateway(), await house.gateway()]
  await house.workers()
})
afterAll(() => house[Symbol.asyncDispose]())

const hour = 60 * 60
const box = (boxId: string, limit: VoteLimit | null, weight: number): BallotBox => ({
  ...{ boxId, voters: 'device', limit, weight },
})
async function openPoll(boxes: BallotBox[]): Promise<Poll> {
  const { trpc } = adminAt(doors[0])
  const options = ['Samba', 'Forro']
  const { pollId } = await trpc.admin.createPoll.mutate({ question: `Which? ${uuidv7()}`, options, boxes })
  return trpc.admin.openPoll.mutate({ pollId })
}
const choice = (poll: Poll, changes: { box?: string; optionId?: string; voteId?: string } = {}) => ({
  ...{ pollId: poll.pollId, optionId: 'samba', voteId: uuidv7() },
  ...changes,
})
type Choice = ReturnType<typeof choice>

/** As a client of no make casts it, at one door or the other; sent again while the house is busy with itself. */
async function castAt(
  door: Door,
  token: string,
  vote: Choice,
): Promise<{ status: number; answer: VoteAnswer }> {
  return until('an answer', async () => {
    const response = await fetch(`${door.trpcUrl}/vote.cast`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(vote),
    })
    const body = (await response.json()) as { result?: { data: unknown } }
    if (response.status === 503 || response.status === 408) return null
    return { status: response.status, answer: voteAnswerShape.parse(body.result?.data) }
  })
}
const castAll = (token: string, votes: readonly Choice[]) =>
  Promise.all(votes.map((vote, i) => castAt(doors[i % 2 === 0 ? 0 : 1], token, vote)))
const many = (n: number, poll: Poll) => Array.from({ length: n }, () => choice(poll))
const accepted = (heard: readonly { answer: VoteAnswer }[]) =>
  heard.flatMap(({ answer }) => (answer.accepted ? [answer] : []))

async function untilBothKnow(poll: Poll): Promise<void> {
  for (const door of doors)
    await until('the gateway knows the poll', () =>
      voterAt(door).trpc.poll.byId.query({ pollId: poll.pollId }),
    )
}
/** Empties Redis, and waits for the memory that is restored from Postgres. */
async function forgetAll(): Promise<void> {
  await house.redis.flushall()
  await until('a new epoch', async () => (await house.redis.exists(redisKeys.epoch)) === 1)
}

describe('two hundred parallel requests of one voter', () => {
  for (const perSeconds of [null, hour]) {
    const limit = { votes: 7, perSeconds }
    it(`Q21 through two gateways against 7 votes ${perSeconds === null ? 'in all' : 'an hour'}: exactly 7 are accepted, also where Redis forgets in between`, async () => {
      const poll = await openPoll([box('fans', limit, 10_000)])
      await untilBothKnow(poll)
      const { token } = await voterAt(doors[0]).startSession()
      const votes = many(200, poll)
      const heard = await castAll(token, votes)
      expect(
        accepted(heard)
          .map(({ remaining }) => remaining)
          .sort(),
      ).toEqual([0, 1, 2, 3, 4, 5, 6])
      const oldest = Math.min(...accepted(heard).map(({ acceptedAt }) => Date.parse(acceptedAt)))
      for (const { status, answer } of heard) {
        if (answer.accepted) continue
        expect([status, answer.reason]).toEqual([429, 'limit-reached'])
        expect(answer.retryAt).toBe(
          perSeconds === null ? undefined : new Date(oldest + hour * 1_000).toISOString(),
        )
      }

      const { token: other } = await voterAt(doors[0]).startSession()
      const first = await castAll(other, many(3, poll))
      expect(accepted(first)).toHaveLength(3)
      await untilCounted(house, poll.pollId, 10)
      await forgetAll()
      expect(accepted(await castAll(token, many(200, poll)))).toEqual([])
      expect(accepted(await castAll(other, many(200, poll)))).toHaveLength(4)
      // What was accepted is still, at the place of then.
      const again = await castAll(token, votes)
      expect(accepted(again).map(({ receipt }) => placeOf(receipt))).toEqual(
        accepted(heard).map(({ receipt }) => placeOf(receipt)),
      )
      expect(accepted(again).every(({ remaining }) => remaining === 0)).toBe(true)
      await untilCounted(house, poll.pollId, 14)
      expect(await storedVotes(house, poll.pollId)).toHaveLength(14)
    })
  }

  it('Q22 that are one and the same vote are one vote, in every kind of box', async () => {
    const limits = [
      { votes: 1, perSeconds: null },
      { votes: 7, perSeconds: null },
      { votes: 7, perSeconds: hour },
      null,
    ]
    const poll = await openPoll(limits.map((limit, i) => box(`box-${i}`, limit, 2_500)))
    await untilBothKnow(poll)
    const { token } = await voterAt(doors[0]).startSession()
    for (const [i, limit] of limits.entries()) {
      const one = choice(poll, { box: `box-${i}` })
      const heard = accepted(
        await castAll(
          token,
          Array.from({ length: 50 }, () => one),
        ),
      )
      expect(heard).toHaveLength(50)
      expect(new Set(heard.map(({ receipt }) => JSON.stringify(placeOf(receipt)))).size).toBe(1)
      expect(new Set(heard.map(({ remaining }) => remaining))).toEqual(
        new Set([limit === null ? null : limit.votes - 1]),
      )
    }
    await untilCounted(house, poll.pollId, 4)
  })
})

describe('a window', () => {
  it('Q23 opens again by the clock of the house, at the time that was told', async () => {
    const poll = await openPoll([box('fans', { votes: 2, perSeconds: 1 }, 10_000)])
    const { token } = await voterAt(doors[0]).startSession()
    // Refused at once, or told "accepted" again where the machine was slow: then they lie a second apart.
    const times: number[] = []
    let isDue = true
    for (let refused = 0; refused < 3 || isDue;) {
      const { answer } = await castAt(doors[0], token, choice(poll))
      if (answer.accepted) times.push(Date.parse(answer.acceptedAt))
      else {
        expect([isDue, answer.reason]).toEqual([false, 'limit-reached'])
        const retryAt = Date.parse(answer.retryAt ?? '')
        expect(retryAt).toBe((times.at(-2) ?? 0) + 1_000)
        refused++
        while (Date.now() < retryAt) await new Promise((resolve) => setTimeout(resolve, retryAt - Date.now()))
      }
      isDue = !answer.accepted
    }
    for (const [i, at] of times.entries()) {
      const third = times[i + 2]
      if (third !== undefined) expect(third - at).toBeGreaterThanOrEqual(1_000)
    }
  })
})

describe('a voter', () => {
  it('Q24 hears of every box what is left and where each vote is, before and after Redis forgot everything', async () => {
    const poll = await openPoll([
      ...[
        box('once', { votes: 1, perSeconds: null }, 2_500),
        box('ten', { votes: 10, perSeconds: null }, 2_500),
      ],
      ...[box('hourly', { votes: 2, perSeconds: hour }, 2_500), box('any', null, 2_500)],
    ])
    await untilBothKnow(poll)
    const voter = voterAt(doors[0])
    await voter.startSession()
    const { vote } = voter.trpc
    const left = async () => {
      const { hasVoted, boxes } = await vote.allowance.query({ pollId: poll.pollId })
      return [hasVoted, ...boxes.map(({ remaining, nextAt }) => (nextAt === null ? remaining : nextAt))]
    }
    expect(await left()).toEqual([false, 1, 10, 2, null])
    const votes = ['any', 'any', 'once', 'ten', 'ten', 'hourly', 'hourly'].map((name) =>
      choice(poll, { box: name }),
    )
    const answers: VoteAnswer[] = []
    for (const [i, one] of votes.entries()) {
      answers.push(await voter.cast(one))
      if (i === 0) expect(await left()).toEqual([true, 1, 10, 2, null])
    }
    const lefts = answers.map((answer) => answer.accepted && answer.remaining)
    expect(lefts).toEqual([null, null, 0, 9, 8, 1, 0])
    await untilCounted(house, poll.pollId, votes.length)
    const hourly = answers[5]
    if (hourly?.accepted !== true) throw new Error('the first of this hour was not accepted')
    const nextAt = new Date(Date.parse(hourly.acceptedAt) + hour * 1_000).toISOString()
    const stateOf = async ({ pollId, voteId }: Choice) => {
      const { state, receipt } = await vote.status.query({ pollId, voteId })
      return { state, receipt }
    }
    const all = async () => ({
      left: await left(),
      states: await Promise.all(votes.map(stateOf)),
      again: (await Promise.all(votes.map((one) => voter.cast(one)))).map(bare),
      reused: await Promise.all(votes.map((one) => voter.cast({ ...one, optionId: 'forro' }))),
      over: await Promise.all(['once', 'hourly'].map((name) => voter.cast(choice(poll, { box: name })))),
    })
    const before = await all()
    expect(before.left).toEqual([true, 0, 8, nextAt, null])
    expect(before.states).toEqual(
      answers.map((answer) => ({ state: 'counted', receipt: answer.accepted && answer.receipt })),
    )
    const reasons = before.reused.map((answer) => !answer.accepted && answer.reason)
    expect(reasons).toEqual(votes.map(() => 'vote-id-reused'))
    await forgetAll()
    expect(await all()).toEqual(before)
    expect(await storedVotes(house, poll.pollId)).toHaveLength(votes.length)
  })

  it('Q25 of a box without a limit is known to a deletion and to the close, before any worker has seen a vote', async () => {
    await using idle = await startHouse()
    const door = await idle.gateway()
    const { admin } = adminAt(door).trpc
    const options = ['Samba', 'Forro']
    const { pollId } = await admin.createPoll.mutate({
      question: 'Which?',
      options,
      boxes: [box('any', null, 10_000)],
    })
    await admin.openPoll.mutate({ pollId })
    const voter = voterAt(door)
    const one = { pollId, optionId: 'samba', voteId: uuidv7() }
    const answer = await voter.cast(one)
    await expect(admin.deletePoll.mutate({ pollId })).rejects.toMatchObject({
      data: { reason: 'poll-has-votes' },
    })
    await admin.closePoll.mutate({ pollId })
    expect(bare(await voter.cast(one))).toEqual(bare(answer))
    expect(await voter.cast({ ...one, voteId: uuidv7() })).toMatchObject({ reason: 'poll-closed' })
    expect(await voter.trpc.vote.status.query({ pollId, voteId: one.voteId })).toMatchObject({
      state: 'queued',
    })
    expect(await voter.trpc.vote.allowance.query({ pollId })).toMatchObject({ hasVoted: true })
    expect(await idle.redis.ttl(redisKeys.memory(pollId))).toBeGreaterThan(6 * 24 * hour)
  })

  it('Q26 hears "come again" of what is remembered while it is being restored, and nothing wrong', async () => {
    const poll = await openPoll([box('any', null, 10_000)])
    const voter = voterAt(doors[0])
    const one = choice(poll)
    await voter.cast(one)
    await untilCounted(house, poll.pollId, 1)
    const asked = { pollId: poll.pollId, voteId: one.voteId }
    const { vote } = voter.trpc
    const before = [await vote.allowance.query({ pollId: poll.pollId }), await vote.status.query(asked)]
    // Whoever restores takes this lock first (gateway/memory/memory-lock.pg.ts).
    const lock = await house.holdRow('select pg_advisory_lock(7310002)')
    try {
      await house.redis.flushall()
      const comeAgain = { data: { httpStatus: 503, reason: 'unavailable' } }
      await expect(vote.allowance.query({ pollId: poll.pollId })).rejects.toMatchObject(comeAgain)
      await expect(vote.status.query(asked)).rejects.toMatchObject(comeAgain)
    } finally {
      await lock.letGo()
    }
    await until('a new epoch', async () => (await house.redis.exists(redisKeys.epoch)) === 1)
    expect([await vote.allowance.query({ pollId: poll.pollId }), await vote.status.query(asked)]).toEqual(
      before,
    )
  })
})
