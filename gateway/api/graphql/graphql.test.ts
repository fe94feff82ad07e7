/** Rules of GraphQL: what each query and subscription answers, and how it refuses. */
import { connect } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { PollRecord } from '../../../contracts/poll.ts'
import { redisKeys } from '../../../contracts/redis-keys.ts'
import {
  adminToken,
  openDoorHouse,
  readEvents,
  type DoorHouse,
  type DoorHouseOptions,
} from '../../../tests/door-house.ts'
import {
  announce,
  databaseUrl,
  newPoll,
  openLine,
  redisUrl,
  shard,
  writeTally,
} from '../../../tests/live-redis.ts'

const asAdmin = { authorization: `Bearer ${adminToken}` }

async function openHouse(options: DoorHouseOptions = {}) {
  const house = await openDoorHouse(options)
  const poll = newPoll()
  house.polls.put(poll)
  return Object.assign(house, { poll, pollId: poll.pollId })
}

async function ask(house: DoorHouse, query: string, headers: Record<string, string> = {}, variables = {}) {
  const response = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

function subscribe(house: DoorHouse, query: string, headers: Record<string, string> = {}) {
  return fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query }),
  })
}

async function frames(house: DoorHouse, query: string, headers: Record<string, string> = {}) {
  const response = await subscribe(house, query, headers)
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ])
  const events = readEvents(response)
  return {
    /** A result's data, or the name of another event. */
    async next(): Promise<unknown> {
      const { value } = await events.next()
      return value?.event === 'next' ? JSON.parse(value.data).data : value?.event
    },
    stop: () => events.return(undefined),
  }
}

async function untilNobodyWatches(house: DoorHouse): Promise<void> {
  const watchers = () => Object.values(house.watches).reduce((sum, watch) => sum + watch.size().watchers, 0)
  while (watchers() > 0) await new Promise((resolve) => setTimeout(resolve, 10))
}

const tallyOf = (poll: Pick<PollRecord, 'pollId'>) =>
  `subscription { tally(pollId: "${poll.pollId}") { version total options { optionId votes } } }`

test('G1 the first frame of a tally is its snapshot, every later one the newest state', async () => {
  await using house = await openHouse()
  await writeTally(house.redis, house.pollId, shard(2, [1, 1]))
  const tally = await frames(house, tallyOf(house))
  expect(await tally.next()).toEqual({
    tally: {
      ...{ version: 2, total: 2 },
      options: [
        { optionId: 'a', votes: 1 },
        { optionId: 'b', votes: 1 },
      ],
    },
  })
  await announce(house.redis, house.pollId, shard(3, [1, 2_200_000_000]))
  expect(await tally.next()).toMatchObject({ tally: { version: 3, total: 2_200_000_001 } })
  await tally.stop()
  await untilNobodyWatches(house)
})

test('G2 a subscription is answered by GET as well, as EventSource asks', async () => {
  await using house = await openHouse()
  await writeTally(house.redis, house.pollId, shard(2, [1, 1]))
  const query = new URLSearchParams({ query: tallyOf(house) }).toString()
  const response = await fetch(`${house.url}/graphql?${query}`, { headers: { accept: 'text/event-stream' } })
  const { value } = await readEvents(response).next()
  expect(value).toMatchObject({ event: 'next', data: expect.stringContaining('"version":2') })
})

test('G3 a poll that is deleted completes the streams that watch it', async () => {
  await using house = await openHouse()
  await writeTally(house.redis, house.pollId, shard(2, [1, 1]))
  const poll = await frames(house, `subscription { poll(pollId: "${house.pollId}") { state version } }`)
  const tally = await frames(house, tallyOf(house))
  expect(await poll.next()).toEqual({ poll: { state: 'open', version: 1 } })
  await tally.next()
  house.polls.put({ ...house.poll, state: 'closed', version: 2 })
  expect(await poll.next()).toEqual({ poll: { state: 'closed', version: 2 } })
  // The same counts, under the rules of the poll as it is now.
  expect(await tally.next()).toMatchObject({ tally: { version: 2 } })
  house.polls.remove(house.pollId)
  expect([await poll.next(), await tally.next()]).toEqual(['complete', 'complete'])
})

test('G4 everyone sees the public polls, drafts only the moderators', async () => {
  await using house = await openHouse()
  const draft = newPoll({ state: 'draft' })
  house.polls.put(draft)
  const slugs = (answer: { body: { data: { polls: { polls: { slug: string }[] } } } }) =>
    answer.body.data.polls.polls.map(({ slug }) => slug)
  const all = '{ polls { polls { slug } } }'
  const drafts = '{ polls(filter: { state: draft }) { polls { slug } } }'
  expect(slugs(await ask(house, all))).toEqual([house.poll.slug])
  expect(slugs(await ask(house, all, asAdmin))).toEqual([draft.slug, house.poll.slug])
  expect(slugs(await ask(house, drafts, asAdmin))).toEqual([draft.slug])
  expect(slugs(await ask(house, drafts))).toEqual([])
  const hidden = await ask(house, `{ poll(id: "${draft.pollId}") { slug } }`)
  expect([hidden.body.data, hidden.body.errors[0].extensions.code]).toEqual([{ poll: null }, 'unknown-poll'])
  const publicPolls = await frames(house, 'subscription { publicPolls { slug } }')
  expect(await publicPolls.next()).toEqual({ publicPolls: [{ slug: house.poll.slug }] })
  const polls = await frames(
    house,
    'subscription { polls(first: 1) { polls { slug } total nextAfter } }',
    asAdmin,
  )
  expect(await polls.next()).toEqual({
    polls: { polls: [{ slug: draft.slug }], total: 2, nextAfter: draft.pollId },
  })
})

test.each(['subscription { polls { total } }', 'subscription { pipeline { accepted } }'])(
  'G5 without the admin token no stream opens: 401 for %s',
  async (query) => {
    await using house = await openHouse()
    for (const headers of [{}, { authorization: 'Bearer guessed' }]) {
      const response = await subscribe(house, query, { ...headers, accept: '*/*' })
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toContain('application/graphql-response+json')
      expect((await response.json()).errors[0].extensions).toEqual({
        ...{ code: 'admin-token-needed', reason: 'admin-token-needed' },
      })
    }
    await untilNobodyWatches(house)
  },
)

test('G6 a stream of an unknown poll is 404 and of a malformed id 400, before it opens; a query has it beside its data', async () => {
  await using house = await openHouse()
  for (const [id, status, code] of [
    ['018f0000-0000-7000-8000-000000000000', 404, 'unknown-poll'],
    ['1 or 1=1', 400, 'bad-input'],
  ] as const) {
    const asked = await ask(house, `{ tally(pollId: "${id}") { total } }`)
    expect([asked.status, asked.body.errors[0].extensions.code]).toEqual([200, code])
    const streamed = await subscribe(house, tallyOf({ pollId: id }), { accept: '*/*' })
    expect([streamed.status, (await streamed.json()).errors[0].extensions.code]).toEqual([status, code])
  }
})

const deep = (levels: number) => '{ __typename '.repeat(levels) + '}'.repeat(levels)
test.each([
  ['too deep', '{ polls ' + deep(9) + ' }', 'query-too-deep'],
  [
    'too costly',
    `{ ${Array.from({ length: 40 }, () => 'polls { boxes { limit { votes } boxId } options { text optionId } }').join(' ')} }`,
    'query-too-costly',
  ],
  [
    'full of aliases',
    `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: polls { slug }`).join(' ')} }`,
    'too-many-aliases',
  ],
  ['too long', `{ polls { ${'slug '.repeat(1_100)} } }`, 'bad-input'],
  ['no GraphQL', '{ polls { ', 'bad-input'],
  ['of unknown fields', '{ polls { secret } }', 'bad-input'],
  ['of the wrong type', '{ polls(state: nowhere) { slug } }', 'bad-input'],
])('G7 a query that is %s gets 400 and a code, and nothing is executed', async (_, query, code) => {
  await using house = await openHouse()
  const { status, body } = await ask(house, query)
  expect([status, body.data]).toEqual([400, undefined])
  expect(body.errors).toContainEqual(expect.objectContaining({ extensions: { code, reason: code } }))
  expect(JSON.stringify(body)).not.toMatch(/stack|node_modules|\.ts:/)
})

test('G8 what the screens ask for is well inside the limits', async () => {
  await using house = await openHouse()
  const poll = `pollId slug question description state opensAt closesAt version
    options { optionId text colour pictureUrl } boxes { boxId voters weight limit { votes perSeconds } }`
  const tally =
    'pollId pollVersion version shows isRehearsal asOf total options { optionId votes } ' +
    'boxes { boxId total options { optionId votes } } ' +
    'result(weights: [10000]) { options { optionId share rank isTied } boxes { boxId effectiveWeight } }'
  const { status, body } = await ask(
    house,
    `query All($id: ID!) { polls { polls { ...P } total } poll(id: $id) { ...P } tally(pollId: $id) { ...T }
      timeline(pollId: $id) { at total options { optionId votes } } }
     fragment P on Poll { ${poll} } fragment T on Tally { ${tally} }`,
    {},
    { id: house.pollId },
  )
  expect([status, body.errors]).toEqual([200, undefined])
})

test('G9 the timeline adds the shards of each minute, and the minutes of each hour', async () => {
  await using house = await openHouse()
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const rows = [
    ['2026-01-05T20:58Z', 0, [1, 0]],
    ['2026-01-05T20:58Z', 3, [2, 5]],
    ['2026-01-05T20:59Z', 0, [0, 1]],
    ['2026-01-05T21:00Z', 9, [7, 0]],
  ] as const
  for (const [minute, no, counts] of rows) {
    await client.query('insert into minute_counts (poll_no, minute, shard, counts) values ($1, $2, $3, $4)', [
      ...[house.poll.pollNo, minute, no, counts],
    ])
  }
  await client.end()
  const timeline = async (bucket: string): Promise<unknown> => {
    const fields = 'at total options { votes }'
    const { body } = await ask(
      house,
      `{ timeline(pollId: "${house.pollId}", bucket: ${bucket}) { ${fields} } }`,
    )
    return body.data.timeline
  }
  expect(await timeline('MINUTE')).toEqual([
    { at: '2026-01-05T20:58:00.000Z', total: 8, options: [{ votes: 3 }, { votes: 5 }] },
    { at: '2026-01-05T20:59:00.000Z', total: 1, options: [{ votes: 0 }, { votes: 1 }] },
    { at: '2026-01-05T21:00:00.000Z', total: 7, options: [{ votes: 7 }, { votes: 0 }] },
  ])
  expect(await timeline('HOUR')).toMatchObject([
    { at: '2026-01-05T20:00:00.000Z', total: 9 },
    { at: '2026-01-05T21:00:00.000Z', total: 7 },
  ])
})

test('G10 with Postgres away the poll and its live tally answer, the timeline is typed unavailable', async () => {
  await using line = await openLine(databaseUrl)
  await using house = await openHouse({ databaseUrl: line.url })
  line.cut()
  await writeTally(house.redis, house.pollId, shard(2, [1, 1]))
  const id = `"${house.pollId}"`
  const answer = await ask(house, `{ poll(id: ${id}) { state } tally(pollId: ${id}) { total asOf } }`)
  expect([answer.status, answer.body.data.tally.total]).toEqual([200, 2])
  expect(Date.parse(answer.body.data.tally.asOf)).toBeGreaterThan(Date.now() - 60_000)
  const live = await frames(house, tallyOf(house))
  expect(await live.next()).toMatchObject({ tally: { version: 2 } })
  const timeline = await ask(house, `{ timeline(pollId: ${id}) { total } }`)
  expect([timeline.status, timeline.body.data]).toEqual([200, null])
  expect(timeline.body.errors[0]).toMatchObject({ extensions: { code: 'unavailable' } })
})

test('G11 with Redis and Postgres away the last known tally is served; one never seen is unavailable', async () => {
  await using redisLine = await openLine(redisUrl)
  await using postgresLine = await openLine(databaseUrl)
  await using house = await openHouse({
    databaseUrl: postgresLine.url,
    redisUrls: { command: redisLine.url, subscriber: redisLine.url },
  })
  await writeTally(house.redis, house.pollId, shard(2, [1, 1]))
  const live = await frames(house, tallyOf(house))
  await live.next()
  redisLine.cut()
  postgresLine.cut()
  const known = await ask(house, `{ tally(pollId: "${house.pollId}") { total } }`)
  expect([known.status, known.body.data.tally.total]).toEqual([200, 2])
  const other = newPoll()
  house.polls.put(other)
  const unknown = await ask(house, `{ tally(pollId: "${other.pollId}") { total } }`)
  expect(unknown.body).toMatchObject({
    data: { tally: null },
    errors: [{ extensions: { code: 'unavailable' } }],
  })
})

test('G12 a reader that stops reading and vanishes leaves nobody watching', async () => {
  await using house = await openHouse()
  await writeTally(house.redis, house.pollId, shard(1, [1, 0]))
  const body = JSON.stringify({ query: tallyOf(house) })
  const socket = connect(house.port, '127.0.0.1')
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: urna\r\naccept: text/event-stream\r\n' +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  const watched = () => house.watches.tallies.size().watchers
  expect(watched()).toBe(1)
  // More than the system's buffers hold: the answer owes a drain that will never come.
  const [answer] = house.answers
  for (let i = 0; i < 32; i++) answer?.write(`: ${'x'.repeat(1 << 20)}\n\n`)
  expect(answer?.writableNeedDrain).toBe(true)
  // The next frame is stuck behind them.
  await writeTally(house.redis, house.pollId, shard(2, [2, 0]))
  await announce(house.redis, house.pollId, shard(2, [2, 0]))
  while (house.watches.tallies.newest(house.pollId)?.version !== 2) await new Promise(setImmediate)
  expect(watched()).toBe(1)
  socket.destroy()
  await untilNobodyWatches(house)
})

test('G13 a query by another method, as a batch, or for a subscription without a stream is refused', async () => {
  await using house = await openHouse()
  const put = await fetch(`${house.url}/graphql`, { method: 'PATCH' })
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST, PUT, DELETE'])
  const post = (body: unknown, accept: string) =>
    fetch(`${house.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(body),
    })
  const batch = await post([{ query: '{ polls { slug } }' }, { query: '{ polls { slug } }' }], '*/*')
  expect([batch.status, (await batch.json()).errors[0].extensions.code]).toEqual([400, 'bad-input'])
  const json = await post({ query: tallyOf(house) }, 'application/json')
  expect([json.status, (await json.json()).errors[0].extensions.code]).toEqual([406, 'bad-input'])
  await untilNobodyWatches(house)
})

test('G14 GraphiQL is there when it was asked for, and only then', async () => {
  const page = async (house: DoorHouse) =>
    (await fetch(`${house.url}/graphql`, { headers: { accept: 'text/html' } })).text()
  await using without = await openHouse()
  expect(await page(without)).not.toContain('<html')
  await using house = await openHouse({ graphiql: true })
  expect(await page(house)).toContain('GraphiQL')
})

test('G15 what nobody foresaw leaves as one sentence, without a stack', async () => {
  await using house = await openHouse()
  // A tally that no worker writes: the count is no whole number, so Count refuses to send it.
  await house.redis.hset(redisKeys.tally(house.pollId), '0', JSON.stringify([1, 1, -5, 0]))
  const { status, body } = await ask(house, `{ tally(pollId: "${house.pollId}") { options { votes } } }`)
  expect([status, body.errors[0].message]).toEqual([200, 'Something failed here; it was noted.'])
  expect(body.errors[0].extensions).toEqual({ code: 'internal', reason: 'internal' })
})

test('G16 screens that ask the same share one answer, and each other question gets its own', async () => {
  await using house = await openHouse()
  const other = newPoll()
  house.polls.put(other)
  await writeTally(house.redis, house.pollId, shard(2, [1, 1]))
  await writeTally(house.redis, other.pollId, shard(3, [4, 4]))
  const query = 'subscription T($id: ID!) { tally(pollId: $id) { total } }'
  const asked = async (text: string, id: string) => {
    const params = new URLSearchParams({ query: text, variables: JSON.stringify({ id }) })
    const headers = { accept: 'text/event-stream' }
    const events = readEvents(await fetch(`${house.url}/graphql?${params.toString()}`, { headers }))
    return async (): Promise<unknown> => JSON.parse((await events.next()).value?.data ?? 'null')
  }
  const [one, same, elsewhere, more] = [
    await asked(query, house.pollId),
    await asked(query, house.pollId),
    await asked(query, other.pollId),
    await asked(query.replace('total', 'version sum: total'), house.pollId),
  ]
  expect(await one()).toEqual({ data: { tally: { total: 2 } } })
  expect(await same()).toEqual({ data: { tally: { total: 2 } } })
  expect(await elsewhere()).toEqual({ data: { tally: { total: 8 } } })
  expect(await more()).toEqual({ data: { tally: { version: 2, sum: 2 } } })
  await announce(house.redis, house.pollId, shard(3, [2, 1]))
  expect([await one(), await same()]).toEqual([
    { data: { tally: { total: 3 } } },
    { data: { tally: { total: 3 } } },
  ])
  expect(await more()).toEqual({ data: { tally: { version: 3, sum: 3 } } })
})
