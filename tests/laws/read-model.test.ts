/** The laws of the read model: each event once, whoever dies where, and answers out of its own database alone. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { anchorSignedMessage, eventRules, eventTypes, topics } from '../../contracts/events.ts'
import { anchorBytes } from '../../contracts/anchor.ts'
import { ledgerContentShape } from '../../contracts/ledger.ts'
import type { Poll } from '../../contracts/poll.ts'
import { findFreePort } from '../../local/ports.ts'
import { queueWorkersProcess } from '../../local/processes.ts'
import { applyBatch } from '../../queue-workers/read-model/apply-batch.slonik.ts'
import { registry } from '../../queue-workers/read-model/registry.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from '../house.ts'
import {
  ask,
  castMany,
  eventsOf,
  ledgerOf,
  modelRows,
  modelState,
  moderator,
  newPoll,
  reportOf,
  say,
  sayPoll,
  tallyOf,
  untilRead,
  untilTold,
  votesMessage,
  withKafka,
} from '../read-model-house.ts'
import { readModelRows, situations } from '../who-sees-what.ts'

const many = async (house: House, table: string) => (await modelRows(house, `select from ${table}`)).length

describe('the read model of one house', () => {
  let house: House
  let door: Door
  beforeAll(async () => {
    house = await startHouse({ kafka: true, readModel: true })
    door = await house.gateway()
    await house.workers()
  })
  afterAll(() => house[Symbol.asyncDispose]())

  it('RM1 shows what the ledger holds, after a flood, option by option and batch by batch', async () => {
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 300)
    await untilTold(house, poll.pollId, 300)
    const { batches, counted } = await ledgerOf(house, poll.pollId)
    const tally = await tallyOf(house, poll.pollId)
    expect([tally.total, tally.batches]).toEqual([counted, batches])
    expect(tally.options).toEqual(['samba', 'forro', 'frevo'].map((optionId) => ({ optionId, votes: 100 })))
  })

  it('RM2 drops what is told twice, keeps a type that it does not know, and sets aside what is no event, so that the rest goes on', async () => {
    const poll = newPoll()
    await sayPoll(house, poll)
    const first = votesMessage(poll.pollId, '2026-11-20T10:00:00Z', ['fans a', 'fans b', 'jury a'])
    const told = (type: string, id: string, data: unknown) => ({
      key: poll.pollId,
      value: JSON.stringify({
        ...{ specversion: '1.0', id, source: '/urna/x', type, subject: poll.pollId },
        ...{ time: '2026-11-20T10:00:00Z', datacontenttype: 'application/json', data },
      }),
    })
    const zero = votesMessage(poll.pollId, '2026-11-20T10:00:00Z', ['fans a\u0000'])
    const last = votesMessage(poll.pollId, '2026-11-20T10:01:00Z', ['jury b'])
    await say(house, topics.votes.topic, [
      ...[first, first, { key: poll.pollId, value: 'no JSON' }],
      told('urna.votes.recorded.v3', uuidv7(), { pollId: poll.pollId }),
      // Postgres takes no text with a zero in it: it is found among the others, which count.
      zero,
      told('urna.votes.wished.v1', `${poll.pollId}/wish`, { wish: 'more' }),
      last,
    ])
    await untilRead(house)
    // A poll with such a text, and one after it: the second is known.
    const odd = newPoll({ question: 'a\u0000' })
    const even = newPoll()
    await sayPoll(house, odd)
    await sayPoll(house, even)
    await untilRead(house)
    expect((await tallyOf(house, even.pollId)).total).toBe(0)
    // Again, long after, and beside one that is new.
    const fresh = votesMessage(poll.pollId, '2026-11-20T10:02:00Z', ['jury b'])
    await say(house, topics.votes.topic, [first, fresh, last])
    await untilRead(house)
    const tally = await tallyOf(house, poll.pollId)
    expect([tally.total, tally.batches, tally.asOf]).toEqual([5, 3, '2026-11-20T10:02:00.500Z'])
    expect(tally.boxes.map(({ options }) => options.map(({ votes }) => votes))).toEqual([
      [1, 1],
      [1, 2],
    ])
    const aside = await modelRows<{ why: string; message: Buffer }>(
      house,
      'select why, message from unreadable_events where topic = $1 order by message_offset',
      [topics.votes.topic],
    )
    expect(
      await modelRows(house, 'select from unreadable_events where topic = $1', [topics.polls.topic]),
    ).toHaveLength(1)
    expect(aside.map(({ message }) => message.length)).toEqual(
      [
        Buffer.from('no JSON'),
        told('urna.votes.recorded.v3', uuidv7(), { pollId: poll.pollId }).value,
        zero.value,
      ].map((value) => value.length),
    )
    expect(aside.every(({ why }) => why !== '')).toBe(true)
    const types = await modelRows<{ type: string }>(
      house,
      'select event_type as type from events where poll_id = $1 order by 1',
      [poll.pollId],
    )
    const votes = eventTypes.votesRecorded
    expect(types.map(({ type }) => type)).toEqual([
      eventTypes.pollChanged,
      votes,
      votes,
      votes,
      'urna.votes.wished.v1',
    ])
  })

  it('RM3 applies a batch only where its partition stands: a second one that begins there changes nothing', async () => {
    await using stack = new AsyncDisposableStack()
    const pool = await connectPostgres(house.services.talliesDatabaseUrl ?? '', {
      ...{ most: 2, idleInTransactionMs: 5_000 },
    })
    stack.defer(() => pool.end())
    await modelRows(house, `insert into topic_offsets values ('fenced', 0, 100)`)
    const batchOf = (from: number) => ({
      ...{ topic: 'fenced', partition: 0, from, to: from + 1 },
      messages: [{ offset: from, value: votesMessage(uuidv7(), '2026-11-20T10:00:00Z', ['fans a']).value }],
    })
    const before = await many(house, 'events')
    expect(await applyBatch(pool, 'model', batchOf(99))).toBeNull()
    expect(await many(house, 'events')).toBe(before)
    const both = await Promise.all([
      applyBatch(pool, 'model', batchOf(100)),
      applyBatch(pool, 'model', batchOf(100)),
    ])
    expect(both.filter((applied) => applied === null)).toHaveLength(1)
    expect(await many(house, 'events')).toBe(before + 1)
    await modelRows(house, `delete from topic_offsets where topic = 'fenced'`)
  })

  it('RM4 shows what is hidden to nobody who may not see it, on no address, and says what was asked wrongly', async () => {
    const { trpc } = adminAt(door)
    const statuses: Record<string, number[]> = {}
    const begun = new Date().toISOString()
    for (const visibility of ['live', 'after-vote', 'after-close', 'embargo'] as const) {
      const made = { question: 'Which?', options: ['Samba', 'Frevo'], visibility }
      const { pollId } = await trpc.admin.createPoll.mutate(made)
      const look = async (phase: string) => {
        const addresses = [`/tallies/${pollId}`, `/events?poll=${pollId}`, `/reports/${pollId}`]
        const asked = addresses.flatMap((address) => [ask(house, address), ask(house, address, moderator)])
        statuses[`${visibility}, ${phase}`] = (await Promise.all(asked)).map(({ status }) => status)
        // Of all polls together it tells those that it would tell by themselves.
        const ofAll = `/events?first=200&type=${eventTypes.votesRecorded}&from=${begun}`
        const all = [await ask(house, ofAll), await ask(house, ofAll, moderator)]
        const isIn = all.map(({ body }) => JSON.stringify(body).includes(pollId))
        expect(isIn).toEqual([2, 3].map((i) => statuses[`${visibility}, ${phase}`]?.[i] === 200))
      }
      await trpc.admin.openPoll.mutate({ pollId })
      await castMany(door, pollId, 2, ['samba'])
      await until('told', async () => (await ask(house, `/tallies/${pollId}`, moderator)).status === 200)
      await until('counted', async () => (await tallyOf(house, pollId)).total === 2)
      await look('open')
      await trpc.admin.closePoll.mutate({ pollId })
      await untilClosed(house, pollId)
      await look('closed')
      if (visibility !== 'embargo') continue
      expect((await tallyOf(house, pollId)).options).toEqual([])
      await trpc.admin.revealPoll.mutate({ pollId })
      await until('revealed', async () => (await ask(house, `/reports/${pollId}`)).status === 200)
      await look('revealed')
    }
    const expected = situations.map((situation) => [
      situation.name,
      Object.values(readModelRows).flatMap((expects) =>
        (['stranger', 'moderator'] as const).map((reader) =>
          expects(situation, reader) === 'refused' ? 403 : 200,
        ),
      ),
    ])
    expect(statuses).toEqual(Object.fromEntries(expected))
    const wrong = [
      ...['/tallies/x', '/events?poll=x', '/events?first=0', '/events?first=x', '/events?from=today'],
      ...['/events?after=x', '/events?colour=red', `/reports/${uuidv7()}?at=now`, '/events?batchId=7'],
    ]
    for (const address of wrong) {
      const { status, body } = await ask(house, address, moderator)
      expect([address, status, body]).toEqual([
        address,
        400,
        { error: { reason: 'bad-input', message: expect.any(String) } },
      ])
    }
    for (const address of [
      `/tallies/${uuidv7()}`,
      `/events?poll=${uuidv7()}`,
      '/reports',
      '/',
      '/events/1',
    ]) {
      expect((await ask(house, address, moderator)).status).toBe(404)
    }
    const draft = await trpc.admin.createPoll.mutate({ question: 'Later?', options: ['Yes', 'No'] })
    await until('told', async () => (await ask(house, `/tallies/${draft.pollId}`, moderator)).status === 200)
    expect((await ask(house, `/tallies/${draft.pollId}`)).status).toBe(404)
    expect((await fetch(`${house.readModelUrl}/healthz`, { method: 'POST' })).status).toBe(405)
  })

  it('RM5 tells events by poll, type, time and batch, page by page, oldest first', async () => {
    const [poll, other] = [newPoll(), newPoll()]
    await sayPoll(house, poll)
    await sayPoll(house, other)
    const told = Array.from({ length: 7 }, (_, i) =>
      votesMessage(poll.pollId, `2026-11-20T10:0${i}:00.000Z`, ['fans a']),
    )
    // Told in another order than they happened.
    await say(house, topics.votes.topic, told.toReversed())
    await say(house, topics.votes.topic, [votesMessage(other.pollId, '2026-11-20T10:00:00Z', ['fans a'])])
    await untilRead(house)
    const batches = told.map(({ batchId }) => batchId)
    const found = async (search: string) =>
      (await eventsOf(house, `?poll=${poll.pollId}${search}`)).events.map((event) => event.batchId)
    expect(await found('')).toEqual([null, ...batches])
    expect(await found(`&type=${eventTypes.votesRecorded}&from=&to=`)).toEqual(batches)
    expect(await found('&from=2026-11-20T10:02:00.500Z&to=2026-11-20T10:04:00.500Z')).toEqual(
      batches.slice(2, 4),
    )
    expect(await found(`&batchId=${batches[3]}`)).toEqual([batches[3]])
    const paged: (string | null)[] = []
    for (let after: string | null = ''; after !== null;) {
      const page = await eventsOf(house, `?poll=${poll.pollId}&first=3&after=${after}`)
      expect(page.events.length).toBeLessThanOrEqual(3)
      paged.push(...page.events.map((event) => event.batchId))
      after = page.nextAfter
    }
    expect(paged).toEqual([null, ...batches])
    const [change] = (await eventsOf(house, `?poll=${poll.pollId}&first=1`)).events
    expect(change?.data).toEqual(poll)
  })

  it('RM6 reports what was reckoned by hand: hours of the zone, the peak, shares over time, outcomes, voters and earlier rounds', async () => {
    const past = newPoll({ question: 'The first round' })
    const secret = newPoll({ visibility: 'embargo', round: 2, previousPollId: past.pollId })
    const poll = newPoll({ ...{ timeZone: 'Asia/Kolkata', round: 3, previousPollId: secret.pollId } })
    const rehearsal = newPoll({ isRehearsal: true })
    for (const one of [past, secret, poll, rehearsal]) await sayPoll(house, one)
    const of = { batchId: uuidv7(), position: 0 }
    const { pollId } = poll
    await say(house, topics.votes.topic, [
      votesMessage(past.pollId, '2026-11-19T10:00:00Z', ['fans b', 'fans b']),
      votesMessage(secret.pollId, '2026-11-19T11:00:00Z', ['fans b']),
      // Midnight of Kolkata is 18:30 in UTC: its hours begin at our half hours.
      votesMessage(pollId, '2026-11-20T18:29:59.999Z', ['fans a', 'fans a', 'jury b']),
      votesMessage(
        pollId,
        '2026-11-20T18:30:00.000Z',
        ['fans b', 'fans b', 'fans a'],
        [
          { position: 1, outcome: 'repeat', of },
          { position: 2, outcome: 'rejected', why: 'this poll has no such option' },
        ],
      ),
      votesMessage(
        pollId,
        '2026-11-20T18:30:59.999Z',
        ['fans b', 'fans b', 'fans b', 'jury a'],
        [{ position: 3, outcome: 'refused', of }],
      ),
      votesMessage(pollId, '2026-11-20T19:29:00.000Z', ['jury b']),
      votesMessage(pollId, '2026-11-20T19:30:00.000Z', ['fans a']),
    ])
    const certified = {
      ...{ certifiedAt: '2026-11-21T00:00:00.000Z', poll: '0'.repeat(64) },
      ...{ admitted: 12, received: 12, counted: 9 },
      ...{
        repeats: 1,
        refused: 1,
        rejected: 1,
        options: ['a', 'b'],
        boxes: ['fans', 'jury'],
        counts: [3, 4, 0, 2],
      },
      voters: [
        { boxId: 'fans', votes: 1, voters: 5 },
        { boxId: 'jury', votes: 2, voters: 1 },
      ],
    }
    const anchor = {
      pollId,
      anchorNo: 1,
      madeAt: '2026-11-21T00:00:00.000Z',
      before: '0'.repeat(64),
      shards: [],
      certified,
    }
    const signed = { content: anchorBytes(anchor), signature: 'A'.repeat(86), keyId: 'A'.repeat(16) }
    const value = anchorSignedMessage(pollId, 1, new Date(anchor.madeAt), signed)
    await say(house, topics.anchors.topic, [{ key: pollId, value }])
    await untilRead(house)

    const at = (minute: string) => `2026-11-20T${minute}:00.000Z`
    const had = (a: number, b: number) => [
      { optionId: 'a', votes: a },
      { optionId: 'b', votes: b },
    ]
    const report = await reportOf(house, pollId)
    expect(report).toEqual({
      ...{ pollId, question: 'Which?', asOf: '2026-11-20T19:30:00.500Z', isRehearsal: false },
      ...{ timeZone: 'Asia/Kolkata', total: 9 },
      hours: [
        { at: at('17:30'), votes: 3 },
        { at: at('18:30'), votes: 5 },
        { at: at('19:30'), votes: 1 },
      ],
      peak: { at: at('18:30'), votes: 4 },
      shares: [
        { boxId: 'fans', at: at('18:29'), options: had(2, 0) },
        { boxId: 'fans', at: at('18:30'), options: had(2, 4) },
        { boxId: 'fans', at: at('19:30'), options: had(3, 4) },
        { boxId: 'jury', at: at('18:29'), options: had(0, 1) },
        { boxId: 'jury', at: at('19:29'), options: had(0, 2) },
      ],
      outcomes: [
        { outcome: 'refused', why: 'this voter had a vote already', votes: 1 },
        { outcome: 'rejected', why: 'this poll has no such option', votes: 1 },
        { outcome: 'repeat', why: 'the same vote came twice', votes: 1 },
      ].sort((x, y) => (x.outcome < y.outcome ? -1 : 1)),
      voters: certified.voters,
      // The second round is under an embargo: its counts are nobody's yet.
      rounds: [
        { pollId: past.pollId, round: 1, total: 2, options: had(0, 2) },
        { pollId, round: 3, total: 9, options: had(3, 6) },
      ],
    })
    expect((await reportOf(house, rehearsal.pollId)).isRehearsal).toBe(true)
  })
})

const untilClosed = (house: House, pollId: string) =>
  until('the read model was told of the close', async () => {
    const rows = await modelRows(
      house,
      `select from polls where poll_id = $1 and content->>'state' = 'closed'`,
      [pollId],
    )
    return rows.length === 1
  })

it('RM7 every type of event has its rule in the contracts and its deed in the registry, and each topic says the same', () => {
  const types = Object.values(eventTypes)
  expect(Object.keys(eventRules).sort()).toEqual([...types].sort())
  expect(Object.keys(registry).sort()).toEqual([...types].sort())
  const all = Object.values(topics)
  for (const type of types) {
    const rule = eventRules[type]
    expect(`v${rule.version}`).toBe(type.split('.').at(-1))
    const config: Readonly<Record<string, string>> =
      all.find(({ topic }) => topic === rule.topic)?.config ?? {}
    expect(rule.newestOnly).toBe(config['cleanup.policy'] === 'compact')
    const keptMs = Number(config['retention.ms'] ?? -1)
    expect(rule.retentionMs).toBe(keptMs === -1 ? null : keptMs)
  }
})

describe('a read model that dies', () => {
  it('RM8 applies each event once, whether it is killed before the commit or behind it', async () => {
    await using house = await startHouse({ kafka: true, readModel: true })
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'publish'] })
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 60)
    await until(
      'all is told',
      async () => (await house.rows('select from ledger where emitted_at is null')).length === 0,
    )
    const dieAt = async (point: string) => {
      const doomed = await house.workers({
        roles: ['read-model'],
        env: { CRASH_AT: point },
        waitReady: false,
      })
      await until(`dead at ${point}`, async () => doomed.pid === null)
    }
    await dieAt('read-model.applied')
    expect(await many(house, 'events')).toBe(0)
    await dieAt('read-model.committed')
    // Where it stands moved by a transaction that has its events as well.
    const stood = await many(house, 'events')
    expect(stood).toBeGreaterThan(0)
    await dieAt('read-model.committed')
    await house.workers({ roles: ['read-model'] })
    await untilTold(house, poll.pollId, 60)
    await untilRead(house)
    const { batches, counted } = await ledgerOf(house, poll.pollId)
    const tally = await tallyOf(house, poll.pollId)
    expect([tally.total, tally.batches]).toEqual([counted, batches])
  })

  it('RM9 two share the partitions; one that was paused past its session and wakes up applies nothing that the other has', async () => {
    await using house = await startHouse({ kafka: true, readModel: true })
    const [opsPort, secondPort] = [await findFreePort(), await findFreePort()]
    const { services, dataDir } = house
    const readModel = {
      databaseUrl: services.talliesDatabaseUrl ?? '',
      port: Number(new URL(house.readModelUrl).port),
    }
    const ground = { checkout: process.cwd(), logDir: dataDir, ...services, readModel }
    const paused = queueWorkersProcess(ground, {
      port: opsPort,
      secrets,
      roles: ['read-model'],
      name: 'paused',
    })
    await using stack = new AsyncDisposableStack()
    stack.defer(() => paused.stop())
    await paused.start()
    const poll = newPoll()
    await sayPoll(house, poll)
    const tell = () =>
      say(house, topics.votes.topic, [
        votesMessage(poll.pollId, '2026-11-20T10:00:00Z', ['fans a', 'jury b']),
      ])
    await until('read', async () => (await ask(house, `/tallies/${poll.pollId}`)).status === 200)
    await tell()
    await untilTold(house, poll.pollId, 2)

    // Its question to Kafka is open: the answer waits in its socket until it wakes up.
    paused.pause()
    await tell()
    const second = await house.workers({
      ...{ roles: ['read-model'], env: { READ_MODEL_PORT: String(secondPort) } },
    })
    const other = { ...house, readModelUrl: `http://127.0.0.1:${secondPort}` }
    await untilTold(other, poll.pollId, 4)
    paused.resume()
    await until('it found that it had lost them', async () => {
      const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
      return Number(/^urna_read_model_fenced_total\S* (\d+)/m.exec(text)?.[1]) >= 1
    })
    await tell()
    await untilTold(other, poll.pollId, 6)
    expect(second.pid).not.toBeNull()
    const { total, batches } = await tallyOf(house, poll.pollId)
    expect([total, batches]).toEqual([6, 3])
  })

  it('RM10 answers, and starts, while Postgres, Redis and Kafka are down', async () => {
    await using house = await startHouse({ kafka: true, readModel: true })
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'publish'] })
    const model = await house.workers({ roles: ['read-model'] })
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 9)
    await untilTold(house, poll.pollId, 9)
    const before = [await tallyOf(house, poll.pollId), await reportOf(house, poll.pollId)]
    const { postgres, redis, kafka } = house.services
    await Promise.all([postgres.kill(), redis.kill(), kafka.kill()])
    const now = async () => [await tallyOf(house, poll.pollId), await reportOf(house, poll.pollId)]
    expect(await now()).toEqual(before)
    expect((await eventsOf(house, `?poll=${poll.pollId}`)).events.length).toBeGreaterThan(0)
    await model.restart()
    expect(await now()).toEqual(before)
    const { status, body } = await ask(house, '/healthz')
    expect([status, body]).toEqual([200, { process: 'read-model', alive: true, reading: false }])
  })
})

describe('npm run replay', () => {
  let house: House
  let poll: Poll
  const replay = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    promisify(execFile)(process.execPath, ['local/replay.ts', ...args], {
      env: {
        ...process.env,
        DATA_DIR: house.dataDir,
        TALLIES_DATABASE_URL: house.services.talliesDatabaseUrl ?? '',
        KAFKA_BROKERS: house.services.kafkaBrokers ?? '',
        DATABASE_URL: house.services.databaseUrl,
        ...env,
      },
    })
  beforeAll(async () => {
    house = await startHouse({ kafka: true, readModel: true })
    const door = await house.gateway()
    await house.workers()
    poll = await house.openPoll(door)
    for (let round = 0; round < 3; round++) await castMany(door, poll.pollId, 20)
    await untilTold(house, poll.pollId, 60)
  })
  afterAll(() => house[Symbol.asyncDispose]())

  it('RM11 --from-start shows what live reading showed, whatever was wrong with it, and reads on from there', async () => {
    const before = await modelState(house, poll.pollId)
    await modelRows(house, 'update option_counts set votes = votes + 7')
    await modelRows(house, 'delete from events')
    const wrong = await tallyOf(house, poll.pollId)
    expect(wrong.total).toBe(60 + 3 * 7)
    const { stdout } = await replay(['--from-start'])
    expect(stdout).toMatch(/messages from Kafka\n[\s\S]*done; what was rebuilt is shown now/)
    expect(await modelState(house, poll.pollId)).toEqual(before)
    await say(house, topics.votes.topic, [
      votesMessage(poll.pollId, '2026-11-20T10:00:00Z', ['audience samba']),
    ])
    await untilTold(house, poll.pollId, 61)
    expect(await modelRows(house, `select from pg_namespace where nspname ~ '^model_'`)).toHaveLength(0)
  })

  it('RM12 readers never see half of it: each answer while it is rebuilt is whole', async () => {
    const answers = new Set<string>()
    const stop = new AbortController()
    const reading = (async () => {
      while (!stop.signal.aborted)
        answers.add(JSON.stringify((await ask(house, `/tallies/${poll.pollId}`)).body))
    })()
    await replay(['--from-start'])
    await replay(['--from-start'])
    stop.abort()
    await reading
    expect([...answers]).toEqual([JSON.stringify(await tallyOf(house, poll.pollId))])
  })

  it('RM13 --at makes the state of a moment beside the one that is shown, which goes on', async () => {
    const { events } = await eventsOf(house, `?poll=${poll.pollId}&type=${eventTypes.votesRecorded}`)
    const at = events[Math.floor(events.length / 2)]?.time ?? ''
    const half = events.filter(({ time }) => time <= at)
    const votesOf = (all: typeof events) =>
      all.reduce((sum, { data }) => sum + ledgerContentShape.parse(data).votes.length, 0)
    expect((await ask(house, `/tallies/${poll.pollId}?at=${at}`)).status).toBe(404)
    const { stdout } = await replay(['--at', at])
    expect(stdout).toContain(`?at=${at}`)
    const then = await tallyOf(house, poll.pollId, `?at=${at}`)
    expect([then.total, then.asOf]).toEqual([votesOf(half), at])
    expect((await reportOf(house, poll.pollId, `?at=${at}`)).total).toBe(votesOf(half))
    const told = await eventsOf(house, `?poll=${poll.pollId}&type=${eventTypes.votesRecorded}&at=${at}`)
    expect(told.events).toEqual(half)
    expect((await tallyOf(house, poll.pollId)).total).toBe(votesOf(events))
    for (const wrong of [
      [],
      ['--at', 'yesterday'],
      ['--at', '2099-01-01T00:00:00Z'],
      ['--from-start', '--at', at],
    ]) {
      await expect(replay(wrong)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^[A-Z]/) })
    }
  })

  it('RM14 what Kafka no longer has comes out of the ledger, and without the ledger it says what it lacks', async () => {
    const before = await modelState(house, poll.pollId)
    await withKafka(house, async (kafka) => {
      const admin = kafka.admin()
      await admin.connect()
      const ends = await admin.fetchTopicOffsets(topics.votes.topic)
      const partitions = ends.flatMap(({ partition, high }) =>
        Number(high) > 0 ? [{ partition, offset: String(Number(high) - 1) }] : [],
      )
      await admin.deleteTopicRecords({ topic: topics.votes.topic, partitions })
      await admin.disconnect()
    })
    await expect(replay(['--from-start'], { DATABASE_URL: '' })).rejects.toMatchObject({
      stderr: expect.stringContaining(
        `Kafka no longer has the beginning of ${topics.votes.topic}: set DATABASE_URL`,
      ),
    })
    expect(await modelState(house, poll.pollId)).toEqual(before)
    const { stdout } = await replay(['--from-start'])
    expect(stdout).toContain(`${topics.votes.topic} out of the ledger`)
    expect(await modelState(house, poll.pollId)).toEqual(before)
  })
})

describe('GraphQL', () => {
  it('RM15 tells events and reports by the rights of a count, and says so where the read model is away', async () => {
    await using house = await startHouse({ kafka: true, readModel: true })
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'publish'] })
    const model = await house.workers({ roles: ['read-model'] })
    const { trpc } = adminAt(door)
    const openPoll = async (visibility: Poll['visibility']) => {
      const made = { question: 'Which?', options: ['Samba', 'Frevo'], visibility }
      const { pollId } = await trpc.admin.createPoll.mutate(made)
      await trpc.admin.openPoll.mutate({ pollId })
      await castMany(door, pollId, 4, ['samba', 'frevo'])
      await untilTold(house, pollId, 4)
      return pollId
    }
    const [shown, hidden, ofVoters] = [
      await openPoll('live'),
      await openPoll('embargo'),
      await openPoll('after-vote'),
    ]
    const graphql = async (query: string, token: string | null = null) => {
      const answer = await fetch(`${door.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query }),
      })
      const { data, errors } = graphqlShape.parse(await answer.json())
      return {
        data,
        reason: errors?.[0]?.extensions.reason,
        says: errors?.[0]?.message,
      }
    }
    const report = (pollId: string) =>
      `{ report(pollId: "${pollId}") { total outcomes { why } rounds { round total } } }`
    const events = (pollId: string, more = '') =>
      `{ events(pollId: "${pollId}"${more}) { events { id type data } nextAfter } }`

    expect((await graphql(report(shown))).data).toEqual({
      report: { total: 4, outcomes: [], rounds: [{ round: 1, total: 4 }] },
    })
    const told = eventsShape.parse(
      (await graphql(events(shown, `, type: "${eventTypes.votesRecorded}"`))).data,
    ).events
    const votes = told.events.flatMap(({ data }) => ledgerContentShape.parse(JSON.parse(data)).votes)
    expect(votes).toHaveLength(4)
    const future = `, from: "2099-01-01T00:00:00+02:00"`
    expect((await graphql(events(shown, future))).data).toEqual({ events: { events: [], nextAfter: null } })
    expect(await graphql(events(shown, `, from: "today"`))).toMatchObject({ reason: 'bad-input' })
    expect(await graphql(events(shown, `, after: "x"`))).toMatchObject({ reason: 'bad-input' })

    const voter = voterAt(door)
    const { token } = await voter.startSession()
    for (const query of [report(ofVoters), events(ofVoters)]) {
      expect(await graphql(query, token)).toMatchObject({ reason: 'counts-hidden' })
      expect(await graphql(query, secrets.ADMIN_TOKEN)).toMatchObject({ reason: undefined })
    }
    await voter.cast({ pollId: ofVoters, optionId: 'samba', voteId: uuidv7() })
    expect(await graphql(report(ofVoters), token)).toMatchObject({ reason: undefined })
    for (const who of [null, token, secrets.ADMIN_TOKEN]) {
      for (const query of [report(hidden), events(hidden)]) {
        expect(await graphql(query, who)).toMatchObject({ reason: 'counts-hidden' })
      }
    }
    await model.stop()
    for (const query of [report(shown), events(shown)]) {
      expect(await graphql(query)).toMatchObject({
        ...{
          reason: 'unavailable',
          says: expect.stringContaining('The read model does not answer'),
        },
      })
    }
  })
})

const graphqlShape = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ reason: z.string().optional() }) }))
    .optional(),
})
const eventsShape = z.object({
  events: z.object({ events: z.array(z.object({ data: z.string() })), nextAfter: z.string().nullable() }),
})
