/** The laws of back-pressure: past a bound the door says "come back", without a trace; nobody has to lend a hand. */
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { batchQueue } from '../../contracts/batch.ts'
import type { UrnaClient } from '../../contracts/client.ts'
import type { Poll, PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { openAdmission } from '../../gateway/ballot/admit.bullmq.ts'
import { RedisFull } from '../../gateway/ballot/judged-vote.ts'
import { connectRedis } from '../../runtime/connect.redis.ts'
import { makeLog } from '../../runtime/log.ts'
import { newVoter, vote } from '../admission-house.ts'
import { books, shownTotal, storedVotes, untilCounted } from '../counts.ts'
import { startHouse, until, voterAt, type Door, type House } from '../house.ts'

interface Ballot {
  readonly pollId: string
  readonly optionId: string
  readonly voteId: string
}
const ballotFor = ({ pollId }: Poll): Ballot => ({ pollId, optionId: 'samba', voteId: uuidv7() })

const toldShape = z.object({
  result: z.object({ data: z.object({ accepted: z.boolean(), reason: z.string().optional() }) }),
})

/** One call, as it is answered; nothing tries again. */
async function castOnce(door: Door, voter: UrnaClient, ballot: Ballot) {
  const { token } = voter.session() ?? (await voter.startSession())
  const answer = await fetch(`${door.trpcUrl}/vote.cast`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(ballot),
  })
  const { data } = toldShape.parse(await answer.json()).result
  const waitS = answer.headers.get('retry-after')
  return { status: answer.status, reason: data.reason ?? null, waitS: waitS === null ? null : Number(waitS) }
}

async function metric(door: Door, name: string): Promise<number> {
  const text = await (await fetch(`${door.url}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

const sum = (counts: readonly string[]) => counts.reduce((total, count) => total + Number(count), 0)
const waiting = async ({ redis }: House) =>
  sum(await redis.hvals(redisKeys.admitted)) - sum(await redis.hvals(redisKeys.received))

const lines = (ballots: readonly Ballot[]) => ballots.map((b) => `${b.voteId} ${b.optionId}`).sort()

/** In lanes, so that a busy machine does not have all of them to read at once. */
async function inLanes<T>(many: number, all: readonly T[], deed: (one: T) => Promise<void>): Promise<void> {
  const rest = [...all]
  const lane = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await deed(one)
  }
  await Promise.all(Array.from({ length: many }, lane))
}

describe('the queue’s bound', () => {
  it('BP1 is filled by two gateways to the last vote and never passed; with the workers back all go in, once', async () => {
    await using house = await startHouse()
    const bound = 3_000
    const env = { MOST_WAITING: String(bound) }
    const doors = [
      await house.gateway({ env }),
      await house.gateway({ env: { ...env, SHORT_WAYS: 'false' } }),
    ] as const
    const poll = await house.openPoll(doors[0])
    await until('the other gateway knows the poll', () =>
      voterAt(doors[1]).trpc.poll.byId.query({ pollId: poll.pollId }),
    )
    const ballots = Array.from({ length: bound + 400 }, () => ballotFor(poll))
    let accepted = 0
    const all = inLanes(
      400,
      ballots.map((ballot, i) => ({ ballot, door: doors[i % 2] ?? doors[0] })),
      async ({ ballot, door }) => {
        // The client's own retries, as long as it takes.
        const answer = await voterAt(door, 600_000).cast(ballot)
        expect(answer).toMatchObject({ accepted: true, voteId: ballot.voteId })
        accepted++
      },
    )
    let most = 0
    await until('no more may wait', async () => {
      most = Math.max(most, await waiting(house))
      return most >= bound
    })
    for (const door of doors) {
      const waits = new Set<number | null>()
      for (let i = 0; i < 15; i++) {
        const told = await castOnce(door, voterAt(door), ballotFor(poll))
        expect(told).toMatchObject({ status: 503, reason: 'queue-full' })
        waits.add(told.waitS)
      }
      expect(Math.min(...[...waits].map(Number))).toBeGreaterThanOrEqual(1)
      // They do not all come back in the same second.
      expect(waits.size).toBeGreaterThan(1)
      await until('the metrics say so', async () => (await metric(door, 'urna_votes_waiting')) === bound)
      expect(await metric(door, 'urna_votes_waiting_limit')).toBe(bound)
    }
    expect(await waiting(house)).toBe(bound)
    expect(await house.redis.hlen(redisKeys.memory(poll.pollId))).toBe(bound)
    expect(accepted).toBeLessThanOrEqual(bound)

    await house.workers()
    await all
    await untilCounted(house, poll.pollId, ballots.length)
    expect(await storedVotes(house, poll.pollId)).toEqual(lines(ballots))
    await until('all numbers agree', async () => {
      const { accepted, received, counted, missing } = await books(house)
      const numbers = [accepted, received, counted, await shownTotal(house, poll.pollId)]
      return missing === 0 && numbers.every((n) => n === ballots.length) && (await waiting(house)) === 0
    })
  })
})

describe('a Redis that hangs', () => {
  it('BP2 lets a gateway hold no more than its bound; who waits hears "come back", and all are counted once', async () => {
    await using house = await startHouse()
    const door = await house.gateway({ env: { MOST_HELD: '500' } })
    await house.workers()
    const poll = await house.openPoll(door)
    const voters = await Promise.all(
      Array.from({ length: 700 }, async () => {
        const voter = voterAt(door, 300_000)
        await voter.startSession()
        return { voter, ballot: ballotFor(poll) }
      }),
    )
    house.services.redis.pause()
    const answers = voters.map(({ voter, ballot }) => castOnce(door, voter, ballot))
    await until('it holds what it may', async () => (await metric(door, 'urna_votes_held')) === 500)
    expect(await metric(door, 'urna_votes_held_limit')).toBe(500)
    const told = await Promise.all(answers)
    expect(told.every(({ status, waitS }) => status === 503 && Number(waitS) >= 1)).toBe(true)
    const reasons = Object.groupBy(told, ({ reason }) => reason ?? '')
    expect([reasons['queue-full']?.length, reasons['unavailable']?.length]).toEqual([200, 500])
    house.services.redis.resume()
    const again = voters.map(async ({ voter, ballot }) => voter.cast(ballot))
    for (const answer of await Promise.all(again)) expect(answer).toMatchObject({ accepted: true })
    const ballots = voters.map(({ ballot }) => ballot)
    await untilCounted(house, poll.pollId, 700)
    expect(await storedVotes(house, poll.pollId)).toEqual(lines(ballots))
    await until('the books agree', async () => {
      const { accepted, received, counted, missing } = await books(house)
      return accepted === 700 && received === 700 && counted === 700 && missing === 0
    })
  })
})

describe('a Redis that is full', () => {
  const usedBytes = async ({ redis }: House) =>
    Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])

  it('BP3 has the door shut before the workers lack the room to empty the queue; it opens again by itself', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const poll = await house.openPoll(door)
    const before = Array.from({ length: 300 }, () => ballotFor(poll))
    await inLanes(50, before, async (ballot) => {
      expect(await voterAt(door).cast(ballot)).toMatchObject({ accepted: true })
    })
    await house.redis.setrange('ballast', 64 * 1_048_576, 'end')
    await house.redis.config('SET', 'maxmemory', String(Math.round((await usedBytes(house)) / 0.97)))
    const isShut = async () => {
      const told = await castOnce(door, voterAt(door), ballotFor(poll))
      return told.reason === 'queue-full' && told
    }
    await until('the metrics show it', async () => {
      const limit = await metric(door, 'urna_redis_bytes_limit')
      return limit > 0 && (await metric(door, 'urna_redis_bytes')) >= limit * 0.95
    })
    const told = await until('the door is shut', isShut)
    expect(told.status).toBe(503)
    expect(Number(told.waitS)).toBeGreaterThanOrEqual(1)
    const admitted = await house.redis.hlen(redisKeys.memory(poll.pollId))
    const late = ballotFor(poll)
    const casting = voterAt(door, 300_000).cast(late)
    await house.workers()
    await untilCounted(house, poll.pollId, admitted)
    expect(await isShut()).toBeTruthy()
    expect(await house.redis.hlen(redisKeys.memory(poll.pollId))).toBe(admitted)
    await house.redis.del('ballast')
    expect(await casting).toMatchObject({ accepted: true, voteId: late.voteId })
    await untilCounted(house, poll.pollId, admitted + 1)
  })

  it('BP4 to the last byte takes nothing of a group, not half of it, and says so at once', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const { pollId } = await house.openPoll(door)
    const log = makeLog('test', 'silent')
    const redis = connectRedis(house.services.redisUrl, 'command', log)
    await using stack = new AsyncDisposableStack()
    stack.defer(() => redis.disconnect())
    await until('connected', async () => redis.status === 'ready')
    const { admit } = stack.use(openAdmission(redis, 1_000, log))
    const record: PollRecord = JSON.parse((await house.redis.hget(redisKeys.polls, pollId)) ?? '')
    const run = uuidv7()
    const ground = { epoch: (await house.redis.get(redisKeys.epoch)) ?? '', lowestBeat: 1, run, accepted: 0 }
    const votes = Array.from({ length: 50 }, () => vote(record, { voterKey: newVoter() }))
    const batchId = uuidv7()
    const traces = async () => [
      await house.redis.exists(
        redisKeys.memory(pollId),
        `${batchQueue.prefix}:${batchQueue.name}:${batchId}`,
      ),
      await house.redis.llen(`${batchQueue.prefix}:${batchQueue.name}:wait`),
      await house.redis.hexists(redisKeys.admitted, run),
      await house.redis.hexists(redisKeys.batches, run),
      await house.redis.hexists(redisKeys.acceptedOfPoll(pollId), run),
    ]
    await house.redis.config('SET', 'maxmemory', '1mb')
    await expect(admit(batchId, votes, ground)).rejects.toBeInstanceOf(RedisFull)
    expect(await traces()).toEqual([0, 0, 0, 0, 0])
    const refused = await castOnce(door, voterAt(door), ballotFor({ pollId } as Poll))
    expect(refused.status).toBe(503)
    expect(await traces()).toEqual([0, 0, 0, 0, 0])
    await house.redis.config('SET', 'maxmemory', '0')
    // The queue's own script was among what Redis discarded: the first try finds that out.
    const { answers, accepted } = await until('admitted', () => admit(batchId, votes, ground))
    expect(accepted).toBe(50)
    expect(answers.every(({ is }) => is === 'accepted')).toBe(true)
    expect(await traces()).toEqual([2, 1, 1, 1, 1])
    const voter = voterAt(door)
    expect(await voter.cast({ pollId, optionId: 'samba' })).toMatchObject({ accepted: true })
    await house.workers()
    await untilCounted(house, pollId, 51)
  })
})
