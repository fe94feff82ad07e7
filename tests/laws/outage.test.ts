/** The laws of outages: what goes on while a dependency or a connection is away, and what is said. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { parsed } from '../../contracts/parsed.ts'
import type { Poll } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { findFreePort } from '../../local/ports.ts'
import { queueWorkersProcess } from '../../local/processes.ts'
import { books, storedVotes, untilCounted } from '../counts.ts'
import { adminAt, secrets, startHouse, until, voterAt, type House } from '../house.ts'
import { countedIn, readVotes } from '../read-topic.kafka.ts'
import { startRedisCutter } from '../redis-cutter.ts'

const vote = (pollId: string, optionId = 'samba') => ({ pollId, optionId, voteId: uuidv7() })

const ask = async (url: string, query: string) => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return { status: answer.status, text: await answer.text() }
}

describe('a connection that is cut', () => {
  for (const when of ['before', 'after'] as const) {
    it(`C1 ${when} Redis heard of a group: the vote is accepted, and counted once`, async () => {
      await using house = await startHouse()
      await using cutter = await startRedisCutter(house.services.redisUrl)
      const door = await house.gateway({ env: { REDIS_URL: cutter.url } })
      await house.workers()
      const poll = await house.openPoll(door)
      // Others say EXEC as well; only the group's connection brings a script with its text.
      const cutting = cutter.cutAt('exec', when, 'eval')
      const voter = voterAt(door)
      const ballot = vote(poll.pollId)
      const [answer] = await Promise.all([voter.cast(ballot), cutting])
      expect(answer).toMatchObject({ accepted: true })
      expect(await voter.cast(ballot)).toEqual(answer)
      await untilCounted(house, poll.pollId, 1)
      expect(await house.redis.hlen(redisKeys.memory(poll.pollId))).toBe(1)
      expect(await voter.cast(vote(poll.pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
    })
  }

  it('C3 a Redis that has forgotten its scripts takes the vote, once', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    await house.redis.script('FLUSH')
    const voter = voterAt(door)
    const ballot = vote(poll.pollId)
    const answer = await voter.cast(ballot)
    expect(answer).toMatchObject({ accepted: true })
    expect(await voter.cast(ballot)).toEqual(answer)
    await untilCounted(house, poll.pollId, 2)
  })

  it('C2 while Redis is away votes hear "unavailable" with a time to come back, and are accepted after it', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.startSession()
    await house.services.redis.kill()
    const answer = await fetch(`${door.trpcUrl}/vote.cast`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${voter.session()?.token ?? ''}`,
      },
      body: JSON.stringify(vote(poll.pollId)),
    })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    const casting = voter.cast(vote(poll.pollId))
    await house.services.redis.restart()
    expect(await casting).toMatchObject({ accepted: true })
    await untilCounted(house, poll.pollId, 1)
  })
})

/** What a gateway said of faults so far, line by line. */
const complaints = (house: House) =>
  readFileSync(join(house.dataDir, 'logs', 'gateway-1.log'), 'utf8')
    .split('\n')
    .map((line) => lineShape.safeParse(parsed(line)).data)
    .filter((line) => line !== undefined && line.level >= 40)
const lineShape = z.object({ level: z.number(), msg: z.string(), failed: z.number().optional() })

describe('what a gateway logs of an outage', () => {
  const msgs = (house: House) => complaints(house).map((line) => line?.msg ?? '')
  const twice = (house: House) =>
    msgs(house).filter((msg, i, all) => all.indexOf(msg) !== i && msg !== 'Redis cannot be reached')

  it('C4 is one line when Redis goes and one when it is back, however many groups and questions fail meanwhile', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    const voters = Array.from({ length: 12 }, () => voterAt(door))
    for (const voter of voters) await voter.startSession()
    const castBy = async (voter: (typeof voters)[number]) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${voter.session()?.token ?? ''}`,
      }
      const body = JSON.stringify(vote(poll.pollId))
      return (await fetch(`${door.trpcUrl}/vote.cast`, { method: 'POST', headers, body })).status
    }
    await house.services.redis.kill()
    await until('votes are refused', async () => (await castBy(voters[0] ?? voterAt(door))) === 503)
    const input = encodeURIComponent(JSON.stringify({ pollId: poll.pollId, voteId: uuidv7() }))
    const onePoll = encodeURIComponent(JSON.stringify({ pollId: poll.pollId }))
    for (const voter of voters) {
      expect(await castBy(voter)).toBe(503)
      const headers = { authorization: `Bearer ${voter.session()?.token ?? ''}` }
      await fetch(`${door.trpcUrl}/vote.status?input=${input}`, { headers })
      await fetch(`${door.trpcUrl}/vote.allowance?input=${onePoll}`, { headers })
      await ask(door.url, `{ tally(pollId: "${poll.pollId}") { total } }`)
    }
    await house.services.redis.restart()
    const back = 'Redis judges votes again'
    await until('it says that they are judged again', async () => {
      await voterAt(door).cast(vote(poll.pollId))
      return msgs(house).includes(back)
    })
    expect(complaints(house).find((line) => line?.msg === back)?.failed).toBeGreaterThanOrEqual(12)
    expect(twice(house)).toEqual([])
  })

  it('C5 is the same when Postgres goes, for what is read of many polls', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const polls = [await house.openPoll(door), await house.openPoll(door), await house.openPoll(door)]
    const voter = voterAt(door)
    await voter.startSession()
    const headers = { authorization: `Bearer ${voter.session()?.token ?? ''}` }
    await house.services.postgres.kill()
    for (let round = 0; round < 4; round++) {
      for (const { pollId } of polls) {
        const input = encodeURIComponent(JSON.stringify({ pollId, voteId: uuidv7() }))
        await fetch(`${door.trpcUrl}/vote.status?input=${input}`, { headers })
        await fetch(`${door.url}/api/polls/${pollId}/totals`)
        await fetch(`${door.url}/.well-known/jwks.json`)
        await ask(door.url, `{ timeline(pollId: "${pollId}") { at total } }`)
        await ask(door.url, `{ certification(pollId: "${pollId}") { admitted } }`)
      }
      await rest(1_100)
    }
    expect(msgs(house)).toContain('totals cannot be read')
    expect(twice(house)).toEqual([])
    await house.services.postgres.restart()
    await until('it says that they are read again', async () => {
      await fetch(`${door.url}/api/polls/${polls[0]?.pollId}/totals`)
      return msgs(house).includes('totals are read again')
    })
  })
})

describe('without Postgres', () => {
  const withoutPostgres = async (house: House) => {
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    await voterAt(door).cast(vote(poll.pollId))
    await untilCounted(house, poll.pollId, 1)
    await house.services.postgres.kill()
    return { door, poll }
  }

  it('O1 polls and live tallies answer with their asOf, votes are accepted, a timeline says that it cannot', async () => {
    await using house = await startHouse()
    const { door, poll } = await withoutPostgres(house)
    const told = await ask(
      door.url,
      `{ poll(id: "${poll.pollId}") { question state } tally(pollId: "${poll.pollId}") { total version asOf } }`,
    )
    expect(told.status).toBe(200)
    expect(JSON.parse(told.text)).toMatchObject({
      data: { poll: { state: 'open' }, tally: { total: 1, version: 1, asOf: expect.stringMatching(/Z$/) } },
    })
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    const timeline = await ask(door.url, `{ timeline(pollId: "${poll.pollId}") { at total } }`)
    expect(timeline.text).toContain('unavailable')
    const ready = await fetch(`${door.url}/readyz`)
    expect(await ready.json()).toMatchObject({ dependencies: { postgres: { up: false } } })
    await house.services.postgres.restart()
    await untilCounted(house, poll.pollId, 2)
  })

  it('O2 a gateway whose database is newer than its code does not start, and says so in one line', async () => {
    await using house = await startHouse()
    await house.rows(`insert into migrations (name) values ('9999_from_the_future')`)
    const fault = await house.gateway().then(
      () => '',
      (error: unknown) => String(error),
    )
    expect(fault).toContain('The database is newer than this code')
  })
})

describe('each dependency in turn', () => {
  /** Workers whose metrics can be read. */
  async function openWorkers({ services, dataDir }: House) {
    const port = await findFreePort()
    const { databaseUrl, redisUrl, kafkaBrokers } = services
    const ground = { checkout: process.cwd(), logDir: dataDir, databaseUrl, redisUrl, kafkaBrokers }
    const workers = queueWorkersProcess(ground, { port, secrets })
    await workers.start()
    const metric = async (name: string) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
    }
    return { metric, [Symbol.asyncDispose]: () => workers.stop() }
  }

  it('O3 goes and comes back while people vote: none is lost, none rejected, and Kafka hears of each', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await using workers = await openWorkers(house)
    const poll = await house.openPoll(door)
    const accepted: string[] = []
    let isOver = false
    const lanes = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const ballot = vote(poll.pollId)
        expect(await voterAt(door, 300_000).cast(ballot)).toMatchObject({ accepted: true })
        accepted.push(`${ballot.voteId} ${ballot.optionId}`)
      }
    })
    const more = (votes: number) => {
      const enough = accepted.length + votes
      return until(`${votes} more`, async () => accepted.length >= enough)
    }
    await more(20)
    await house.services.kafka.kill()
    await more(50)
    // It alarms, and stops nothing.
    await until('rows wait for Kafka', async () => (await workers.metric('urna_ledger_rows_unemitted')) > 0)
    expect(await workers.metric('urna_ledger_rows_unemitted_oldest_seconds')).toBeGreaterThan(0)
    await house.services.kafka.restart()
    await house.services.postgres.kill()
    await more(50)
    await house.services.postgres.restart()
    await more(20)
    await house.services.redis.kill()
    await until('votes are refused', async () => {
      const text = await (await fetch(`${door.url}/metrics`)).text()
      return /answer="unavailable"/.test(text)
    })
    await house.services.redis.restart()
    await more(20)
    isOver = true
    await Promise.all(lanes)

    await untilCounted(house, poll.pollId, accepted.length)
    expect(await storedVotes(house, poll.pollId)).toEqual([...accepted].sort())
    const [row] = await house.rows('select sum(rejected)::int as rejected from ledger')
    expect(row).toEqual({ rejected: 0 })
    expect(await house.rows('select from unreadable_jobs')).toEqual([])
    await until('the books agree', async () => {
      const its = await books(house)
      return its.accepted === accepted.length && its.received === accepted.length && its.missing === 0
    })
    const { events } = await readVotes(
      house.services.kafkaBrokers ?? '',
      (all) => countedIn(all, poll.pollId).length >= accepted.length,
    )
    expect(countedIn(events, poll.pollId)).toHaveLength(accepted.length)
    await until('none waits', async () => (await workers.metric('urna_ledger_rows_unemitted')) === 0)
  })
})

describe('schedules', () => {
  it('S1 open and close a poll by themselves, and votes heed the times at once', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const { admin } = adminAt(door).trpc
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    // How long before the opening a vote can be cast for certain depends on the machine.
    const pollThatWasAskedEarly = async (leadMs: number): Promise<Poll> => {
      const options = ['Samba', 'Forro']
      const poll = await admin.createPoll.mutate({ question: 'Soon?', options, opensAt: at(leadMs) })
      const early = await voterAt(door).cast(vote(poll.pollId))
      if (early.accepted && leadMs < 60_000) return pollThatWasAskedEarly(4 * leadMs)
      expect(early).toMatchObject({ accepted: false, reason: 'poll-not-open', retryAt: poll.opensAt })
      return poll
    }
    const poll = await pollThatWasAskedEarly(1_500)
    const state = async () => (await voterAt(door).trpc.poll.byId.query({ pollId: poll.pollId })).state
    await until('open', async () => (await state()) === 'open')
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    await admin.updatePoll.mutate({ pollId: poll.pollId, closesAt: at(1_500) })
    await until('closed', async () => (await state()) === 'closed')
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ reason: 'poll-closed' })
  })

  it('S2 a vote that is accepted in the very moment of the opening is counted', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const opensAt = Date.now() + 2_000
    const poll = await adminAt(door).trpc.admin.createPoll.mutate({
      question: 'Now?',
      options: ['Samba', 'Forro', 'Frevo'],
      opensAt: new Date(opensAt).toISOString(),
    })
    const voters = Array.from({ length: 60 }, () => voterAt(door))
    await Promise.all(voters.map((voter) => voter.startSession()))
    await new Promise((resolve) => setTimeout(resolve, opensAt - Date.now() - 50))
    const answers = await Promise.all(
      voters.map(async (voter, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * 20))
        return voter.cast(vote(poll.pollId, 'frevo'))
      }),
    )
    const accepted = answers.filter((answer) => answer.accepted).length
    expect(accepted).toBeGreaterThan(40)
    await untilCounted(house, poll.pollId, accepted)
    const [sums] = await house.rows('select sum(rejected)::int as rejected from ledger')
    expect(sums).toEqual({ rejected: 0 })
  })
})
