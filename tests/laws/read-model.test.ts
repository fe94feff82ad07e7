/** The laws of the read model: each event once, whoever dies where, and answers out of its own database alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { anchorSignedMessage, eventRules, eventTypes, topics } from '../../contracts/events.ts'
import { anchorBytes } from '../../contracts/anchor.ts'
import { applyBatch } from '../../queue-workers/read-model/apply-batch.slonik.ts'
import { registry } from '../../queue-workers/read-model/registry.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { adminAt, startHouse, until, type Door, type House } from '../house.ts'
import {
  ask,
  castMany,
  eventsOf,
  ledgerOf,
  modelRows,
  moderator,
  newPoll,
  reportOf,
  say,
  sayPoll,
  tallyOf,
  untilRead,
  untilTold,
  votesMessage,
} from '../read-model-house.ts'

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
      told('urna.votes.recorded.v2', uuidv7(), { pollId: poll.pollId }),
      // Postgres takes no text with a zero in it: it is found among the others, which count.
      zero,
      told('urna.votes.wished.v1', `${poll.pollId}/wish`, { wish: 'more' }),
      last,
    ])
    await say(house, topics.votes.topic, [first, last])
    await untilRead(house)
    const tally = await tallyOf(house, poll.pollId)
    expect([tally.total, tally.batches, tally.asOf]).toEqual([4, 2, '2026-11-20T10:01:00.500Z'])
    expect(tally.boxes.map(({ options }) => options.map(({ votes }) => votes))).toEqual([
      [1, 1],
      [1, 1],
    ])
    const aside = await modelRows<{ why: string; message: Buffer }>(
      house,
      'select why, message from unreadable_events order by message_offset',
    )
    expect(aside.map(({ message }) => message.length)).toEqual(
      [
        Buffer.from('no JSON'),
        told('urna.votes.recorded.v2', uuidv7(), { pollId: poll.pollId }).value,
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
        statuses[`${visibility} ${phase}`] = (await Promise.all(asked)).map(({ status }) => status)
        // Of all polls together it tells those that it would tell by themselves.
        const ofAll = `/events?first=200&type=${eventTypes.votesRecorded}&from=${begun}`
        const all = [await ask(house, ofAll), await ask(house, ofAll, moderator)]
        const isIn = all.map(({ body }) => JSON.stringify(body).includes(pollId))
        expect(isIn).toEqual([2, 3].map((i) => statuses[`${visibility} ${phase}`]?.[i] === 200))
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
    const [all, moderators, nobody, turnout] = [
      [200, 200, 200, 200, 200, 200],
      [403, 200, 403, 200, 403, 200],
      [403, 200, 403, 403, 403, 403],
      [403, 200, 403, 403, 403, 403],
    ]
    expect(statuses).toEqual({
      ...{ 'live open': all, 'live closed': all, 'after-vote open': moderators, 'after-vote closed': all },
      ...{ 'after-close open': moderators, 'after-close closed': all },
      ...{ 'embargo open': nobody, 'embargo closed': turnout, 'embargo revealed': all },
    })
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
      ...{ certifiedAt: '2026-11-21T00:00:00.000Z', admitted: 12, received: 12, counted: 9 },
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
