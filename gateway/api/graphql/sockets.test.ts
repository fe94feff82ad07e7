/** Rules of GraphQL over WebSocket: the protocol and its faults, who may come in, and what a slow reader costs. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { adminToken, openDoorHouse, readEvents, type DoorHouseOptions } from '../../../tests/door-house.ts'
import { announce, newPoll, shard, writeTally } from '../../../tests/live-redis.ts'

const protocol = 'graphql-transport-ws'
const tallyQuery = 'subscription T($id: ID!) { tally(pollId: $id) { version total } }'

async function openHouse(options: DoorHouseOptions = {}) {
  const house = await openDoorHouse(options)
  const poll = newPoll()
  house.polls.put(poll)
  await writeTally(house.redis, poll.pollId, shard(1, [1, 0]))
  const sockets: Socket[] = []
  house.door.server.on('upgrade', (_req, socket: Socket) => sockets.push(socket))
  return Object.assign(house, {
    ...{ poll, pollId: poll.pollId, sockets, wsUrl: `${house.url.replace('http', 'ws')}/graphql` },
    put: (version: number, changes = {}) => house.polls.put({ ...poll, version, ...changes }),
    announce: (version: number) => announce(house.redis, poll.pollId, shard(version, [version, 0])),
    metric: async (name: string) =>
      Number(new RegExp(`^${name}\\S* (\\d+)$`, 'm').exec(await house.registry.metrics())?.[1]),
  })
}
type WsHouse = Awaited<ReturnType<typeof openHouse>>

interface Message {
  readonly id?: string
  readonly type: string
  readonly payload?: unknown
}

/** A bare socket: what it hears, and how it is closed. */
function openBare(
  house: WsHouse,
  its: { protocols?: string | string[]; headers?: Record<string, string> } = {},
) {
  const ws = new WebSocket(house.wsUrl, its.protocols ?? protocol, { headers: its.headers ?? {} })
  const heard: Message[] = []
  let wake = () => {}
  ws.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString()))
    wake()
  }).on('error', () => undefined)
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  const opened = new Promise<void>((resolve) => ws.once('open', () => resolve()))
  return {
    ...{ ws, heard, closed, opened },
    say: (...messages: (object | string)[]) => {
      for (const message of messages) ws.send(typeof message === 'string' ? message : JSON.stringify(message))
    },
    async until(isSo: (heard: readonly Message[]) => boolean): Promise<readonly Message[]> {
      while (!isSo(heard)) await new Promise<void>((resolve) => (wake = resolve))
      return heard
    },
  }
}
const init = (payload?: object) => ({ type: 'connection_init', ...(payload && { payload }) })
const subscribe = (id: string, query: string, variables = {}) => ({
  ...{ id, type: 'subscribe', payload: { query, variables } },
})
async function openReady(house: WsHouse, payload?: object) {
  const bare = openBare(house)
  await bare.opened
  bare.say(init(payload))
  await bare.until(([first]) => first?.type === 'connection_ack')
  return bare
}
/** What the handshake was answered where it was refused. */
function refusedOf(url: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const ws = new WebSocket(url, protocol, { headers })
    ws.on('error', () => undefined)
    ws.on('open', () => reject(new Error('it was let in')))
    ws.on('unexpected-response', (_req, res) => {
      let body = ''
      res
        .on('data', (chunk) => (body += String(chunk)))
        .on('end', () => resolve({ status: res.statusCode ?? 0, body }))
    })
  })
}
const versionsOf = (heard: readonly Message[], id: string) =>
  heard.flatMap((message) =>
    message.id === id && message.type === 'next'
      ? Number(/"version":(\d+)/.exec(JSON.stringify(message.payload))?.[1])
      : [],
  )

test('WS1 the stock client gets the snapshot, then the newest, and an end where the poll is deleted', async () => {
  await using house = await openHouse()
  const client = createClient({ url: house.wsUrl, webSocketImpl: WebSocket })
  const tally = client.iterate({ query: tallyQuery, variables: { id: house.pollId } })
  expect((await tally.next()).value).toEqual({ data: { tally: { version: 1, total: 1 } } })
  await house.announce(2)
  expect((await tally.next()).value).toEqual({ data: { tally: { version: 2, total: 2 } } })
  house.polls.remove(house.pollId)
  expect((await tally.next()).done).toBe(true)
  await client.dispose()
  while (house.watches.tallies.size().watchers > 0) await new Promise(setImmediate)
})

test('WS2 viewers of events and of sockets who ask the same are one audience: one watcher, one serialisation', async () => {
  await using house = await openHouse()
  const sockets = [await openReady(house), await openReady(house), await openReady(house)]
  for (const { say } of sockets) say(subscribe('a', tallyQuery, { id: house.pollId }))
  const events = readEvents(
    await fetch(`${house.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: tallyQuery, variables: { id: house.pollId } }),
    }),
  )
  await events.next()
  for (const { until } of sockets) await until((heard) => versionsOf(heard, 'a').length === 1)
  for (const version of [2, 3]) {
    await house.announce(version)
    const { value } = await events.next()
    const expected: unknown = JSON.parse(value?.data ?? 'null')
    for (const { until } of sockets) {
      const heard = await until((all) => versionsOf(all, 'a').at(-1) === version)
      expect(heard.at(-1)).toEqual({ id: 'a', type: 'next', payload: expected })
    }
  }
  expect(house.watches.tallies.size().watchers).toBe(1)
  expect(await house.metric('urna_frames_total')).toBe(3)
  expect(await house.metric('urna_viewers')).toBe(4)
  expect(await house.metric('urna_audiences')).toBe(1)
  expect(await house.metric('urna_sockets')).toBe(3)
  // An id of one connection is nothing to another; who ends his own hears no more.
  sockets[0]?.say({ id: 'a', type: 'complete' })
  while ((await house.metric('urna_viewers')) > 3) await new Promise(setImmediate)
  await house.announce(4)
  await sockets[1]?.until((all) => versionsOf(all, 'a').at(-1) === 4)
  expect(versionsOf(sockets[0]?.heard ?? [], 'a')).toEqual([1, 2, 3])
})

test('WS3 queries are answered like POSTs, and refused by the same limits', async () => {
  await using house = await openHouse()
  const { say, until } = await openReady(house)
  const told = async (id: string, query: string) => {
    say(subscribe(id, query))
    const heard = await until((all) => all.some((one) => one.id === id && one.type !== 'next'))
    return heard.filter((one) => one.id === id)
  }
  expect(await told('1', `{ tally(pollId: "${house.pollId}") { total } }`)).toEqual([
    { id: '1', type: 'next', payload: { data: { tally: { total: 1 } } } },
    { id: '1', type: 'complete' },
  ])
  const unknown = '018f0000-0000-7000-8000-000000000000'
  expect(await told('2', `{ tally(pollId: "${unknown}") { total } }`)).toMatchObject([
    { type: 'next', payload: { data: { tally: null }, errors: [{ extensions: { code: 'unknown-poll' } }] } },
    { type: 'complete' },
  ])
  // There is none in the schema.
  expect((await told('3', 'mutation { __typename }'))[0]).toMatchObject({
    payload: { data: null, errors: [{}] },
  })
  for (const [query, code] of [
    ['{ polls {', 'bad-input'],
    [`{ polls ${'{ __typename '.repeat(9)}${'}'.repeat(10)}`, 'query-too-deep'],
    [`{ ${Array.from({ length: 11 }, (_, i) => `a${i}: polls { total }`).join(' ')} }`, 'too-many-aliases'],
    [`subscription { tally(pollId: "${unknown}") { total } }`, 'unknown-poll'],
    ['subscription { pipeline { accepted } }', 'admin-token-needed'],
  ] as const) {
    const heard = await told(code + query.slice(0, 20), query)
    expect(heard).toEqual([
      expect.objectContaining({
        type: 'error',
        payload: expect.arrayContaining([expect.objectContaining({ extensions: { code, reason: code } })]),
      }),
    ])
  }
})

test('WS4 who one is comes as "authorization" with the first message, by the same rights as a bearer token', async () => {
  await using house = await openHouse()
  const draft = newPoll({ state: 'draft' })
  house.polls.put(draft)
  const asked = async (payload?: object) => {
    const { say, until } = await openReady(house, payload)
    say(subscribe('p', 'subscription { polls { polls { slug } } }'))
    return JSON.stringify((await until((all) => all.some(({ id }) => id === 'p'))).at(-1))
  }
  expect(await asked({ authorization: `Bearer ${adminToken}` })).toContain(draft.slug)
  expect(await asked({ Authorization: `bearer ${adminToken}` })).toContain(draft.slug)
  for (const payload of [undefined, { authorization: 'Bearer guessed' }, { token: adminToken }]) {
    expect(await asked(payload)).toContain('admin-token-needed')
  }
  const wrong = openBare(house)
  await wrong.opened
  wrong.say(init({ authorization: 7 }))
  expect(await wrong.closed).toMatchObject({ code: 4403 })
})

test('WS5 a page of another site cannot open a socket, whatever cookies its browser sends', async () => {
  await using house = await openHouse({ corsOrigins: ['https://show.example'] })
  const cookie = `urna_session=${house.sessions.start(null).token}`
  const { status, body } = await refusedOf(house.wsUrl, { origin: 'https://evil.example', cookie })
  expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([403, 'origin-refused'])
  expect((await refusedOf(house.wsUrl, { origin: 'null' })).status).toBe(403)
  for (const origin of ['https://show.example', house.url]) {
    const let_in = openBare(house, { headers: { origin, cookie } })
    await let_in.opened
  }
})

test('WS6 another address, or one socket more than a process takes, is refused in words', async () => {
  await using house = await openHouse({ sockets: { mostSockets: 1 } })
  for (const path of ['/', '/trpc/vote.cast', '/metrics', '/graphql/more']) {
    const { status, body } = await refusedOf(`${house.url.replace('http', 'ws')}${path}`)
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([404, 'unknown-path'])
  }
  const first = await openReady(house)
  expect(await refusedOf(house.wsUrl)).toMatchObject({
    status: 503,
    body: expect.stringContaining('unavailable'),
  })
  first.ws.close()
  await first.closed
  await openReady(house)
})

test('WS7 an upgrade to something else is no affair of ours: the request is answered as it stands', async () => {
  await using house = await openHouse()
  const { request } = await import('node:http')
  const status = await new Promise((resolve) =>
    request(`${house.url}/healthz`, {
      headers: { connection: 'upgrade, http2-settings', upgrade: 'h2c', 'http2-settings': '' },
    })
      .on('response', (res) => resolve(res.resume().statusCode))
      .end(),
  )
  expect(status).toBe(200)
})

test.each<[string, number, (string | object)[]]>([
  ['no JSON', 4400, ['{']],
  ['no message', 4400, [init(), { type: 'stop' }]],
  ['what only a server says', 4400, [init(), { type: 'connection_ack' }]],
  ['a question without a query', 4400, [init(), { id: '1', type: 'subscribe', payload: {} }]],
  ['an id without end', 4400, [init(), subscribe('x'.repeat(300), '{ __typename }')]],
  ['a question before the connection', 4401, [subscribe('1', '{ __typename }')]],
  ['a second connection', 4429, [init(), init()]],
  [
    'an id twice',
    4409,
    [init(), subscribe('1', 'subscription { publicPolls { slug } }'), subscribe('1', '{ __typename }')],
  ],
  ['more than 64 kB', 1009, [init(), subscribe('1', `{ __typename }${' '.repeat(66_000)}`)]],
])('WS8 who says %s is closed with %i', async (_, code, messages) => {
  await using house = await openHouse()
  const bare = openBare(house)
  await bare.opened
  bare.say(...messages)
  expect((await bare.closed).code).toBe(code)
  while (house.watches.pollLists.size().watchers > 0) await new Promise(setImmediate)
})

test('WS9 who speaks another protocol, or says nothing, is closed with 4406 and 4408', async () => {
  await using house = await openHouse({ sockets: { initWithinMs: 50 } })
  const other = openBare(house, { protocols: [] })
  const silent = openBare(house)
  expect((await silent.closed).code).toBe(4408)
  expect((await other.closed).code).toBe(4406)
})

test('WS10 pings are answered on both levels, with what they carried', async () => {
  await using house = await openHouse()
  const { ws, say, until } = await openReady(house)
  say({ type: 'ping', payload: { at: 1 } }, { type: 'ping' }, { type: 'pong' })
  expect((await until((all) => all.length === 3)).slice(1)).toEqual([
    { type: 'pong', payload: { at: 1 } },
    { type: 'pong' },
  ])
  const ponged = new Promise((resolve) => ws.once('pong', (data) => resolve(data.toString())))
  ws.ping('still there?')
  expect(await ponged).toBe('still there?')
})

test('WS11 the fifty-first operation of a connection is refused, and one that ended makes room', async () => {
  await using house = await openHouse()
  const { say, until } = await openReady(house)
  for (let i = 0; i < 51; i++) say(subscribe(String(i), 'subscription { publicPolls { slug } }'))
  const [error] = (await until((all) => all.some(({ type }) => type === 'error'))).filter(
    ({ type }) => type === 'error',
  )
  expect(error).toMatchObject({ id: '50', payload: [{ extensions: { code: 'too-many-operations' } }] })
  say({ id: '0', type: 'complete' }, subscribe('next', 'subscription { publicPolls { slug } }'))
  await until((all) => all.some(({ id, type }) => id === 'next' && type === 'next'))
})

test('WS12 a reader who stops gets what was under way and then the newest, and costs no memory meanwhile', async () => {
  await using house = await openHouse()
  const size = 100_000
  const put = (version: number) => house.put(version, { description: 'x'.repeat(size) })
  put(2)
  const query = 'subscription P($id: ID!) { poll(pollId: $id) { version description } }'
  const [slow, quick] = [await openReady(house), await openReady(house)]
  for (const { say, until } of [slow, quick]) {
    // Two that are followed on one line share its bound.
    say(subscribe('p', query, { id: house.pollId }), subscribe('q', query, { id: house.pollId }))
    await until((all) => versionsOf(all, 'q').length === 1)
  }
  slow.ws.pause()
  for (let version = 3; version <= 300; version++) {
    put(version)
    await quick.until((all) => versionsOf(all, 'q').at(-1) === version)
    expect(house.sockets[0]?.writableLength).toBeLessThan(size * 1.1)
    quick.heard.length = 0
  }
  expect(house.sockets[0]?.writableLength).toBeGreaterThan(size / 2)
  slow.ws.resume()
  const heard = await slow.until(
    (all) => versionsOf(all, 'q').at(-1) === 300 && versionsOf(all, 'p').at(-1) === 300,
  )
  for (const id of ['p', 'q']) {
    const versions = versionsOf(heard, id)
    expect(versions.length).toBeLessThan(100)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  }
})

test('WS13 this process says that it goes: every socket is closed with 1001, and no operation is said to be complete', async () => {
  const house = await openHouse()
  const bare = await openReady(house)
  bare.say(subscribe('a', tallyQuery, { id: house.pollId }))
  await bare.until((all) => versionsOf(all, 'a').length === 1)
  await house[Symbol.asyncDispose]()
  expect((await bare.closed).code).toBe(1001)
  expect(bare.heard.at(-1)?.type).toBe('next')
})

test('WS22 who asks on and on and reads nothing is closed, and no answers pile up for him', async () => {
  await using house = await openHouse()
  const reader = await openReady(house)
  reader.ws.pause()
  const [socket] = house.sockets
  let most = 0
  const stop = setInterval(() => (most = Math.max(most, socket?.writableLength ?? 0)), 1)
  // Each is refused, and a refusal is an answer too. 40,000 of them are 8 MB, far more than a kernel keeps for a reader.
  const ask = JSON.stringify({ id: 'n', type: 'subscribe', payload: { query: `{ ${'x'.repeat(200)} }` } })
  for (let i = 0; i < 40_000 && socket?.destroyed !== true; i++) {
    reader.ws.send(ask.replace('"n"', `"${i}"`))
    if (i % 200 === 0) await new Promise(setImmediate)
  }
  await expect.poll(() => socket?.destroyed, { timeout: 20_000 }).toBe(true)
  clearInterval(stop)
  reader.ws.terminate()
  expect(most).toBeLessThan(2 * 1024 * 1024)
})

test('WS23 one who is refused and never ends his half is let go all the same, and holds no closing door', async () => {
  await using house = await openHouse()
  const { hostname, port } = new URL(house.url)
  const peer = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const key = 'sec-websocket-version: 13\r\nsec-websocket-key: dXJuYSB1cm5hIHVybmEgdQ==\r\n'
  peer.write(`GET /graphql HTTP/1.1\r\nhost: ${hostname}:${port}\r\norigin: https://evil.example\r\n${key}`)
  peer.write('connection: Upgrade\r\nupgrade: websocket\r\n\r\n')
  const [answer] = (await once(peer, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /)
  await expect.poll(() => house.sockets[0]?.destroyed, { timeout: 5_000 }).toBe(true)
  peer.destroy()
})
