/** Rules of the totals for everyone: what they say, how caches carry them, and what they cost. */
import pg from 'pg'
import { expect, test } from 'vitest'
import type { PollRecord } from '../../../contracts/poll.ts'
import { openDoorHouse, type DoorHouse, type DoorHouseOptions } from '../../../tests/door-house.ts'
import { databaseUrl, newPoll, openLine } from '../../../tests/live-redis.ts'
import { connectPostgres } from '../../../runtime/connect.slonik.ts'
import { makeReadTotals } from './read-totals.slonik.ts'

async function openHouse(changes: Partial<PollRecord> = {}, options: DoorHouseOptions = {}) {
  const house = await openDoorHouse(options)
  const poll = newPoll(changes)
  house.polls.put(poll)
  return Object.assign(house, { poll, url: house.url, at: `${house.url}/api/polls/${poll.pollId}/totals` })
}

async function insert(text: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  for (const row of rows) await client.query(text, [...row])
  await client.end()
}

/** minute, shard, counts by option. */
type Minute = readonly [string, number, readonly number[]]
const insertMinutes = ({ pollNo }: PollRecord, minutes: readonly Minute[]) =>
  insert(
    'insert into minute_counts (poll_no, minute, shard, counts) values ($1, $2, $3, $4)',
    minutes.map((minute) => [pollNo, ...minute]),
  )
const countAs = ({ pollNo }: PollRecord, seq: number, counts: readonly number[]) =>
  insert(
    `insert into shard_counts (poll_no, shard, seq, hash, counts, as_of)
     values ($1, 3, $2, sha256(''), $3, '2026-01-05T21:00:30.500Z')
     on conflict (poll_no, shard) do update set seq = excluded.seq, counts = excluded.counts`,
    [[pollNo, seq, counts]],
  )

const hoursOf = async (house: { readonly at: string }) => {
  const { hours } = await (await fetch(house.at)).json()
  return (hours as { at: string; total: number }[]).map(({ at, total }) => [at, total])
}

test('TO1 tells the grand total, each option by its name, and each hour', async () => {
  await using house = await openHouse({ timeZone: 'America/Sao_Paulo' })
  await countAs(house.poll, 12, [10, 6])
  await insertMinutes(house.poll, [
    ['2026-01-05T20:58Z', 0, [1, 0]],
    ['2026-01-05T20:58Z', 3, [2, 5]],
    ['2026-01-05T21:00Z', 9, [7, 1]],
  ])
  const answer = await fetch(house.at)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'application/json; charset=utf-8',
  ])
  const { pollId, slug } = house.poll
  const votes = (a: number, b: number) => [
    { optionId: 'a', votes: a },
    { optionId: 'b', votes: b },
  ]
  expect(await answer.json()).toEqual({
    ...{ pollId, slug, question: 'Which?', version: 12, pollVersion: 1, asOf: '2026-01-05T21:00:30.500Z' },
    ...{ shows: 'counts', isRehearsal: false, timeZone: 'America/Sao_Paulo', total: 16 },
    options: votes(10, 6).map((option) => ({ ...option, text: option.optionId })),
    hours: [
      { at: '2026-01-05T20:00:00.000Z', total: 8, options: votes(3, 5) },
      { at: '2026-01-05T21:00:00.000Z', total: 8, options: votes(7, 1) },
    ],
  })
})

test('TO2 a cache may carry it for a second and ask whether it changed; any page may read it', async () => {
  await using house = await openHouse()
  await countAs(house.poll, 12, [10, 6])
  const answer = await fetch(house.at, { headers: { origin: 'https://elsewhere.example' } })
  const etag = answer.headers.get('etag') ?? ''
  expect(etag).toBe('W/"1-12"')
  expect([answer.headers.get('cache-control'), answer.headers.get('access-control-allow-origin')]).toEqual([
    ...['public, max-age=1', '*'],
  ])
  expect(answer.headers.get('vary')).toBeNull()
  for (const tag of [etag, '"1-12"', `"other", ${etag}`, '*']) {
    const same = await fetch(house.at, { headers: { 'if-none-match': tag } })
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag])
    expect(same.headers.get('cache-control')).toBe('public, max-age=1')
  }
  expect((await fetch(house.at, { headers: { 'if-none-match': 'W/"1-11"' } })).status).toBe(200)
  const head = await fetch(house.at, { method: 'HEAD' })
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag])
  expect(Number(head.headers.get('content-length'))).toBe((await answer.text()).length)
  const asked = await fetch(house.at, { method: 'OPTIONS' })
  expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([204, 'if-none-match'])
  const post = await fetch(house.at, { method: 'POST' })
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
})

test('TO3 a poll that nobody knows, a draft, and what is no poll are 404; an address in capitals is the same', async () => {
  await using house = await openHouse()
  const draft = newPoll({ state: 'draft' })
  house.polls.put(draft)
  for (const id of [newPoll().pollId, draft.pollId, 'no-poll', '..', `${house.poll.pollId}/more`]) {
    const answer = await fetch(`${house.url}/api/polls/${id}/totals`)
    expect([id, answer.status, (await answer.json()).error.reason]).toEqual([
      ...[id, 404, id === '..' ? 'unknown-path' : 'unknown-poll'],
    ])
  }
  expect((await fetch(house.at.replace(house.poll.pollId, house.poll.pollId.toUpperCase()))).status).toBe(200)
})

/** A house whose reads of totals are counted, and can be held. */
async function openCounted(changes: Partial<PollRecord> = {}) {
  const stack = new AsyncDisposableStack()
  const pool = await connectPostgres(databaseUrl, { most: 2, idleInTransactionMs: 5_000 })
  stack.defer(() => pool.end())
  const read = makeReadTotals(pool)
  const reads = { begun: 0, hold: null as Promise<void> | null }
  const house = await openHouse(changes, {
    async readTotals(poll, before) {
      reads.begun++
      const stored = await read(poll, before)
      await reads.hold
      return stored
    },
  })
  stack.use(house)
  return { ...house, reads, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('TO4 a thousand who ask at the same moment cost one read, the first ones too', async () => {
  await using house = await openCounted()
  const letGo = Promise.withResolvers<void>()
  house.reads.hold = letGo.promise
  const asked = Array.from({ length: 1_000 }, () => fetch(house.at))
  // All of them are in the house before the first read ends.
  while (house.answers.length < 1_000) await new Promise((resolve) => setTimeout(resolve, 5))
  letGo.resolve()
  const bodies = new Set(await Promise.all(asked.map(async (answer) => (await answer).text())))
  expect([house.reads.begun, bodies.size]).toEqual([1, 1])
})

test('TO5 where a stranger may see nothing, nothing is told and nothing is read; a change of the rule shows at once', async () => {
  await using house = await openCounted({ visibility: 'after-close' })
  await countAs(house.poll, 12, [10, 6])
  const hidden = { version: 0, asOf: null, shows: 'nothing', total: null, options: [], hours: [] }
  const before = await fetch(house.at)
  expect([before.headers.get('etag'), await before.json()]).toEqual([
    ...['W/"1-0"', expect.objectContaining(hidden)],
  ])
  // What nobody may see leaves no trace in the tag either.
  await countAs(house.poll, 13, [11, 6])
  expect((await fetch(house.at, { headers: { 'if-none-match': 'W/"1-0"' } })).status).toBe(304)
  expect(house.reads.begun).toBe(0)

  house.polls.put({ ...house.poll, version: 2, state: 'closed' })
  const shown = await fetch(house.at, { headers: { 'if-none-match': 'W/"1-0"' } })
  expect([shown.status, (await shown.json()).total]).toEqual([200, 17])
  house.polls.put({ ...house.poll, version: 3 })
  expect(await (await fetch(house.at)).json()).toMatchObject(hidden)
})

test('TO6 what is hidden while it is being read stays hidden', async () => {
  await using house = await openCounted()
  await countAs(house.poll, 12, [10, 6])
  const letGo = Promise.withResolvers<void>()
  house.reads.hold = letGo.promise
  const answer = fetch(house.at)
  while (house.reads.begun === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  house.polls.put({ ...house.poll, version: 2, visibility: 'embargo' })
  letGo.resolve()
  expect((await (await answer).json()).total).toBeNull()
})

test.each([
  [
    ...['Europe/Berlin', 'set back: the hour from 2 is told twice'],
    ...[['2025-10-25T23:59Z', '2025-10-26T00:10Z', '2025-10-26T01:10Z', '2025-10-26T02:10Z']],
    ...[['2025-10-25T23:00', '2025-10-26T00:00', '2025-10-26T01:00', '2025-10-26T02:00']],
  ],
  [
    ...['Europe/Berlin', 'put forward: there is no hour from 2'],
    ...[['2025-03-30T00:59Z', '2025-03-30T01:00Z']],
    ...[['2025-03-30T00:00', '2025-03-30T01:00']],
  ],
  [
    ...['America/Sao_Paulo', 'put forward at midnight, as they did until 2018'],
    ...[['2018-11-04T02:59Z', '2018-11-04T03:00Z', '2018-11-04T03:59Z']],
    ...[['2018-11-04T02:00', '2018-11-04T03:00', null]],
  ],
  [
    ...['America/Sao_Paulo', 'set back at midnight, as they did until 2019'],
    ...[['2019-02-17T01:59Z', '2019-02-17T02:00Z', '2019-02-17T03:00Z']],
    ...[['2019-02-17T01:00', '2019-02-17T02:00', '2019-02-17T03:00']],
  ],
  [
    ...['Asia/Kolkata', 'half an hour beside ours'],
    ...[['2026-01-05T20:29Z', '2026-01-05T20:30Z', '2026-01-05T21:29Z', '2026-01-05T21:30Z']],
    ...[['2026-01-05T19:30', '2026-01-05T20:30', null, '2026-01-05T21:30']],
  ],
] as [string, string, string[], (string | null)[]][])(
  'TO7 hours are those of the clocks in %s: %s',
  async (timeZone, _, minutes, begins) => {
    await using house = await openHouse({ timeZone })
    await insertMinutes(
      house.poll,
      minutes.map((minute) => [minute, 0, [1, 0]]),
    )
    // Null: the same hour as the vote before.
    const hours: [string, number][] = []
    for (const begin of begins) {
      const last = hours.at(-1)
      if (begin === null && last !== undefined) last[1]++
      else hours.push([`${begin}:00.000Z`, 1])
    }
    expect(await hoursOf(house)).toEqual(hours)
  },
)

test('TO8 however long a poll lasts, its hours are the newest two weeks', async () => {
  await using house = await openHouse()
  const begin = Date.parse('2026-01-01T00:00Z')
  const hour = (i: number) => new Date(begin + i * 3_600_000).toISOString()
  await insertMinutes(
    house.poll,
    Array.from({ length: 350 }, (_, i) => [hour(i), 0, [1, 0]]),
  )
  const hours = await hoursOf(house)
  expect([hours.length, hours[0], hours.at(-1)]).toEqual([336, [hour(14), 1], [hour(349), 1]])
})

test('TO9 with Postgres away the last known stands; what was never read is 503 with a time to come back', async () => {
  await using line = await openLine(databaseUrl)
  await using house = await openHouse({}, { databaseUrl: line.url })
  await countAs(house.poll, 12, [10, 6])
  expect((await (await fetch(house.at)).json()).total).toBe(16)
  line.cut()
  const other = newPoll()
  house.polls.put(other)
  const unknown = await fetch(house.at.replace(house.poll.pollId, other.pollId))
  expect([unknown.status, unknown.headers.get('retry-after'), unknown.headers.get('cache-control')]).toEqual([
    ...[503, '1', 'no-store'],
  ])
  // By now the second of the first read is over.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect((await (await fetch(house.at)).json()).total).toBe(16)
})

test('TO10 GraphQL tells the same hours', async () => {
  await using house: DoorHouse & { poll: PollRecord; at: string } = await openHouse({
    timeZone: 'Asia/Kolkata',
  })
  await insertMinutes(house.poll, [
    ['2026-01-05T20:29Z', 0, [1, 4]],
    ['2026-01-05T20:30Z', 3, [2, 5]],
  ])
  const query = `{ timeline(pollId: "${house.poll.pollId}", bucket: HOUR) { at total options { optionId votes } } }`
  const answer = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { hours } = await (await fetch(house.at)).json()
  expect((await answer.json()).data.timeline).toEqual(hours)
  expect(hours).toHaveLength(2)
})

test('TO11 hours that are over are not read again, and a vote that is counted late is in its hour all the same', async () => {
  const pool = await connectPostgres(databaseUrl, { most: 2, idleInTransactionMs: 5_000 })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => pool.end())
  let statements = 0
  const read = makeReadTotals({
    one(query) {
      statements++
      return pool.one(query)
    },
  })
  const poll = newPoll({ timeZone: 'Asia/Kolkata' })
  const hours = ['18:10', '19:10', '20:10', '20:40'].map((at) => `2026-01-05T${at}Z`)
  await insertMinutes(
    poll,
    hours.map((minute) => [minute, 0, [1, 0]]),
  )
  await countAs(poll, 4, [4, 0])
  const first = await read(poll, null)
  expect([statements, first.hours.map(({ counts }) => counts[0])]).toEqual([1, [1, 1, 1, 1]])
  await insertMinutes(poll, [['2026-01-05T20:50Z', 0, [0, 1]]])
  await countAs(poll, 5, [4, 1])
  const second = await read(poll, first)
  expect(statements).toBe(2)
  expect(second).toEqual(await read(poll, null))
  expect(statements).toBe(3)
  // It waited for hours.
  await insertMinutes(poll, [['2026-01-05T18:20Z', 0, [1, 0]]])
  await countAs(poll, 6, [5, 1])
  const third = await read(poll, second)
  expect([statements, third.hours[0]?.counts]).toEqual([5, [2, 0]])
  expect(third).toEqual(await read(poll, null))
})
