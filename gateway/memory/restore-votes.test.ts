/** Rules of a restored memory: it answers as one that never was lost; on a real Redis. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import type { PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import {
  decodeRemembered,
  knownForMs,
  recentField,
  sliceMs,
  sliceOf,
  slices,
} from '../../contracts/remembered.ts'
import { redisNow } from '../../runtime/redis-clock.redis.ts'
import {
  box,
  newVoter,
  openAdmissionHouse,
  stored,
  vote,
  type AdmissionHouse,
} from '../../tests/admission-house.ts'
import { makeAllowance } from '../ballot/allowance.ts'
import type { GroupVote } from '../ballot/judged-vote.ts'
import { makeRememberedOf, makeRememberedVote } from '../ballot/remembered-vote.redis.ts'
import { oneLane } from '../lanes.ts'
import { stopVoting, unprojectPoll } from '../polls/project-poll.redis.ts'
import { restoreVotes } from './restore-votes.redis.ts'
import type { StoredVote } from './votes-to-restore.slonik.ts'

const mostWaiting = 100_000
let house: AdmissionHouse
beforeAll(async () => {
  house = await openAdmissionHouse(11, mostWaiting)
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(() => house.forget())
const laneOf = () => oneLane(house.redis)[0]

const [second, day] = [1_000, 24 * 60 * 60 * 1_000]
const boxes = [
  ...[box('once', 1), box('three', 3), box('week', 100, 7 * 24 * 60 * 60), box('short', 2, 600)],
  ...[box('other', 100, 60), box('any', null)],
]
/** How long ago a voter voted, box by box; some are behind their window, some behind all that is remembered. */
const histories: readonly (readonly number[])[][] = [
  [[2 * day], [9 * day, day], [9 * day, day, 50 * second], [700 * second], [], [40 * second]],
  [[], [], [8 * day], [2 * day, 1_000 * second], [day], []],
  [[], [], [], [], [], [day, 2 * sliceMs]],
  [[], [3 * second, 2 * second, second], [], [30 * second, 20 * second], [80 * second], [sliceMs, second]],
  [[], [], [], [], Array.from({ length: 130 }, (_, i) => (700 - i) * second), []],
  [[second], [], [], [1_000 * second, 840 * second, 10 * second], [], [second]],
]

/** Casts a vote and lets it grow as old as that. */
async function castAgo(its: GroupVote, agoMs: number): Promise<StoredVote> {
  const [answer] = await house.answers([its])
  if (answer?.is !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(answer)}`)
  const { pollId } = its.poll
  const at = answer.acceptedAt - agoMs
  const aged = (value: string) => value.replace(new RegExp(`(${its.voteId}\\|\\d{3}\\|)\\d{13}`), `$1${at}`)
  const memory = redisKeys.memory(pollId)
  await house.redis.hset(memory, its.voterKey, aged((await house.redis.hget(memory, its.voterKey)) ?? ''))
  const field = recentField(its.voterKey, its.voteId)
  const now = redisKeys.recent(pollId, sliceOf(answer.acceptedAt).slice)
  const value = await house.redis.hget(now, field)
  if (value !== null) {
    await house.redis.hdel(now, field)
    const { slice, endsAtMs } = sliceOf(at)
    if (endsAtMs > answer.acceptedAt)
      await house.redis.hset(redisKeys.recent(pollId, slice), field, aged(value))
  }
  return stored(its, at, answer.receipt)
}

/** A poll that was voted in for days: what each of its votes was, the oldest first. */
async function longPoll(): Promise<{ poll: PollRecord; votes: GroupVote[]; rows: StoredVote[] }> {
  const poll = await house.openPoll(boxes)
  const all = histories
    .flatMap((history) => {
      const voterKey = newVoter()
      return history.flatMap((agos, boxNo) =>
        agos.map((agoMs) => ({ agoMs, its: vote(poll, { voterKey, boxNo, optionNo: boxNo % 2 }) })),
      )
    })
    .sort((a, b) => b.agoMs - a.agoMs)
  const rows: StoredVote[] = []
  for (const { its, agoMs } of all) rows.push(await castAgo(its, agoMs))
  return { poll, votes: all.map(({ its }) => its), rows }
}

const votersOf = (votes: readonly GroupVote[]) => [...new Set(votes.map(({ voterKey }) => voterKey))]

/** All that voters may ask, in a house that is full: so nothing changes by it. */
async function allAnswers(poll: PollRecord, votes: readonly GroupVote[]): Promise<unknown[]> {
  const voters = votersOf(votes)
  const asked = [
    ...votes,
    ...votes.map((its) => ({ ...its, optionNo: 1 - its.optionNo })),
    ...voters.flatMap((voterKey) => boxes.map((_, boxNo) => vote(poll, { voterKey, boxNo }))),
    vote(poll),
  ]
  await house.redis.hset(redisKeys.admitted, 'others', 2 * mostWaiting)
  const answers: unknown[] = []
  for (let i = 0; i < asked.length; i += 400) answers.push(...(await house.answers(asked.slice(i, i + 400))))
  await house.redis.hdel(redisKeys.admitted, 'others')
  const remembered = makeRememberedVote(laneOf)
  const recent = votes.filter(({ boxNo }) => boxNo === 5)
  const found = await Promise.all(recent.map((its) => remembered(poll.pollId, its.voterKey, its.voteId)))
  return [...answers, ...found, ...(await Promise.all(voters.map((voter) => allowanceOf(poll, voter))))]
}
/** Nothing is remembered that no window and no repeat will ask for. */
async function isAllAskedFor({ pollId }: PollRecord): Promise<boolean> {
  const now = await redisNow(house.redis)
  const votes = (await house.redis.hvals(redisKeys.memory(pollId))).flatMap(decodeRemembered)
  return votes.every(({ boxNo, acceptedAt }) => {
    const its = boxes[boxNo]
    // A minute for a machine that is slow.
    return its !== undefined && acceptedAt > now - (knownForMs(its) ?? 0) - 60_000
  })
}
const allowanceOf = (poll: PollRecord, voterKey: string) =>
  makeAllowance({
    book: { byId: () => poll },
    voterKey: (_version, _pollId, _voters, identity) => identity,
    rememberedOf: makeRememberedOf(laneOf),
    now: () => redisNow(house.redis),
  })({ deviceId: voterKey, verifiedId: null }, poll.pollId)

describe('a memory that was restored', () => {
  it('Q14 gives the answers of one that never was lost, and of an older file that it was laid upon', () =>
    house.withinOneSlice(async () => {
      const { poll, votes, rows } = await longPoll()
      const never = await allAnswers(poll, votes)
      // What is asked tells the kinds apart: known and forgotten, used up and free, with and without a window.
      const kinds = new Set(
        never.map(
          (one) =>
            JSON.stringify(one).match(
              /"(?:already-voted|limit-reached|queue-full|vote-id-reused|accepted)"/,
            )?.[0],
        ),
      )
      expect(kinds).toEqual(
        new Set([
          ...['"already-voted"', '"limit-reached"', '"queue-full"', '"vote-id-reused"', '"accepted"'],
          undefined,
        ]),
      )
      const inKeyOrder = rows.toSorted((a, b) => (a.vote_id.slice(-12) < b.vote_id.slice(-12) ? -1 : 1))
      for (const [pageSize, forgets] of [
        [1, true],
        [50, true],
        [7, false],
        [1_000, false],
      ] as const) {
        const ofPoll = [
          redisKeys.memory(poll.pollId),
          ...slices.map((slice) => redisKeys.recent(poll.pollId, slice)),
        ]
        if (forgets) await house.redis.del(...ofPoll)
        expect(await house.restore(poll, inKeyOrder, pageSize)).toBe(rows.length)
        expect(await allAnswers(poll, votes)).toEqual(never)
        if (forgets) expect(await isAllAskedFor(poll)).toBe(true)
      }
      for (const slice of slices) {
        const key = redisKeys.recent(poll.pollId, slice)
        const [held, ttl] = [await house.redis.exists(key), await house.redis.pttl(key)]
        if (held === 1) expect(ttl > 0 && ttl <= 2 * sliceMs).toBe(true)
      }
    }))

  it('Q15 knows a vote once, under whatever batch it was told of, as Postgres has it', async () => {
    const poll = await house.openPoll([box('two', 2)])
    const its = vote(poll)
    await house.answers([its])
    const row = stored(its, await redisNow(house.redis), { batchId: uuidv7(), position: 499 })
    await house.restore(poll, [row])
    expect(await house.answers([its])).toEqual([
      {
        ...{ is: 'accepted', acceptedAt: row.accepted_at, remaining: 1 },
        receipt: { batchId: row.batch_id, position: 499 },
      },
    ])
  })

  it('Q16 tells a voter nothing before it is whole', async () => {
    const poll = await house.openPoll(boxes)
    const its = vote(poll, { boxNo: 5 })
    await house.answers([its])
    await house.redis.del(redisKeys.epoch)
    await expect(allowanceOf(poll, its.voterKey)).rejects.toThrow('another memory')
    await expect(makeRememberedVote(laneOf)(poll.pollId, its.voterKey, its.voteId)).rejects.toThrow()
  })
})

describe('a restore that dies half-way', () => {
  it('Q19 leaves nothing that could be taken for the whole, and the next makes it whole', async () => {
    const poll = await house.openPoll([box('once', 1)])
    const rows = Array.from({ length: 4 }, (_, i) => stored(vote(poll), Date.now() - i * second))
    const memory = redisKeys.memory(poll.pollId)
    async function* dying() {
      yield rows.slice(0, 2)
      throw new Error('died')
    }
    await expect(restoreVotes(laneOf(), poll, { votesOf: dying })).rejects.toThrow('died')
    expect(await house.redis.exists(memory)).toBe(0)
    // Votes of an older file are kept, whichever restore it is that gets through.
    expect(await stopVoting(oneLane(house.redis), poll.pollId)).toEqual({ voted: true })
    expect(await house.restore(poll, rows.slice(1))).toBe(3)
    expect(await house.redis.hlen(memory)).toBe(4)
    expect(await house.redis.exists(redisKeys.restoring(poll.pollId))).toBe(0)
  })
})

describe('an allowance', () => {
  it('Q17 says what the next vote in each box will hear', async () => {
    const { poll, votes } = await longPoll()
    for (const voterKey of votersOf(votes)) {
      const allowance = await allowanceOf(poll, voterKey)
      expect(allowance?.hasVoted).toBe(true)
      const next = await house.answers(boxes.map((_, boxNo) => vote(poll, { voterKey, boxNo })))
      const heard = next.map((answer) => {
        if (answer.is === 'accepted') {
          return { remaining: answer.remaining === null ? null : answer.remaining + 1, nextAt: null }
        }
        const at = answer.is === 'refused' ? answer.retryAt : undefined
        return { remaining: 0, nextAt: at === undefined ? null : new Date(at).toISOString() }
      })
      expect(allowance?.boxes).toEqual(
        heard.map((left, boxNo) => ({ boxId: boxes[boxNo]?.boxId, mayVote: true, ...left })),
      )
    }
    expect(await allowanceOf(poll, newVoter())).toMatchObject({ hasVoted: false })
  })
})

describe('a memory without limits', () => {
  it('Q18 says that somebody has voted, ends with its poll, and goes with it', async () => {
    const poll = await house.openPoll([box('any', null)])
    expect(await stopVoting(oneLane(house.redis), poll.pollId)).toEqual({ voted: false })
    await house.redis.del(redisKeys.rules(poll.pollId))
    await house.project(poll, true)
    const its = vote(poll)
    await house.answers([its])
    expect(await stopVoting(oneLane(house.redis), poll.pollId)).toEqual({ voted: true })
    await house.redis.del(redisKeys.rules(poll.pollId))
    await house.project(
      { ...poll, state: 'closed', closesAtMs: Date.now(), version: 2, rulesVersion: 2 },
      false,
    )
    expect(await house.redis.pttl(redisKeys.memory(poll.pollId))).toBeGreaterThan(6 * day)
    const recents = () => house.redis.keys(`${redisKeys.recent(poll.pollId, 0).slice(0, -1)}*`)
    const [key = ''] = await recents()
    expect(await house.redis.pttl(key)).toBeGreaterThan(0)
    await unprojectPoll(oneLane(house.redis), poll.pollId)
    expect([await recents(), await house.redis.exists(redisKeys.memory(poll.pollId))]).toEqual([[], 0])
  })
})
