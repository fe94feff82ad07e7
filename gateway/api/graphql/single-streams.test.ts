/** Rules of GraphQL over SSE on a single connection: the protocol, its faults, and processes that share a port. */
import { createClient } from 'graphql-sse'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { openDoorHouse, readEvents, type DoorHouse } from '../../../tests/door-house.ts'
import { announce, newPoll, shard, writeTally } from '../../../tests/live-redis.ts'
import { openReader, versionsIn } from '../../../tests/graphql-house.ts'
import { makeStreamTokens } from './stream-tokens.ts'

const tallyQuery = 'subscription T($id: ID!) { tally(pollId: $id) { version total } }'

async function openHouse() {
  const house = await openDoorHouse()
  const poll = newPoll()
  house.polls.put(poll)
  await writeTally(house.redis, poll.pollId, shard(1, [1, 0]))
  return Object.assign(house, {
    ...{ poll, pollId: poll.pollId, graphqlUrl: `${house.url}/graphql` },
    announce: (version: number) => announce(house.redis, poll.pollId, shard(version, [version, 0])),
    metric: async (name: string) =>
      Number(new RegExp(`^${name}\\S* (\\d+)$`, 'm').exec(await house.registry.metrics())?.[1]),
  })
}

const tokenOf = (token: string) => ({ 'x-graphql-event-stream-token': token })
const reserve = async (url: string) => (await fetch(url, { method: 'PUT' })).text()
const open = (url: string, token: string) =>
  fetch(url, { headers: { accept: 'text/event-stream', ...tokenOf(token) } })
async function post(url: string, token: string, operationId: unknown, query: string, variables = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...tokenOf(token) },
    body: JSON.stringify({ query, variables, extensions: { operationId } }),
  })
  const text = await response.text()
  return { status: response.status, reason: /"reason":"([^"]*)"/.exec(text)?.[1], text }
}
const complete = async (url: string, token: string, search: string) =>
  (await fetch(`${url}${search}`, { method: 'DELETE', headers: tokenOf(token) })).status

test('SS1 the stock client follows several counts on one connection, each to its own end', async () => {
  await using house = await openHouse()
  const client = createClient({ url: house.graphqlUrl, singleConnection: true })
  const one = client.iterate({ query: tallyQuery, variables: { id: house.pollId } })
  const other = client.iterate({ query: 'subscription { publicPolls { slug } }' })
  expect((await one.next()).value).toEqual({ data: { tally: { version: 1, total: 1 } } })
  expect((await other.next()).value).toEqual({ data: { publicPolls: [{ slug: house.poll.slug }] } })
  const asked = client.iterate({ query: '{ polls { total } }' })
  expect((await asked.next()).value).toEqual({ data: { polls: { total: 1 } } })
  expect((await asked.next()).done).toBe(true)
  await house.announce(2)
  expect((await one.next()).value).toEqual({ data: { tally: { version: 2, total: 2 } } })
  expect(await house.metric('urna_single_streams')).toBe(1)
  await other.return?.()
  while (house.watches.pollLists.size().watchers > 0) await new Promise(setImmediate)
  house.polls.remove(house.pollId)
  expect((await one.next()).done).toBe(true)
  client.dispose()
  while ((await house.metric('urna_single_streams')) > 0) await new Promise(setImmediate)
})

test('SS2 it is an audience with streams of their own: one watcher, one serialisation, the same bytes', async () => {
  await using house = await openHouse()
  const streams = []
  for (let i = 0; i < 3; i++) {
    const token = await reserve(house.graphqlUrl)
    const events = readEvents(await open(house.graphqlUrl, token))
    expect((await post(house.graphqlUrl, token, 'a', tallyQuery, { id: house.pollId })).status).toBe(202)
    streams.push(events)
  }
  const own = readEvents(
    await fetch(house.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: tallyQuery, variables: { id: house.pollId } }),
    }),
  )
  for (const version of [1, 2, 3]) {
    if (version > 1) await house.announce(version)
    const payload = (await own.next()).value?.data
    for (const events of streams) {
      expect((await events.next()).value).toEqual({ event: 'next', data: `{"id":"a","payload":${payload}}` })
    }
  }
  expect(house.watches.tallies.size().watchers).toBe(1)
  expect(await house.metric('urna_frames_total')).toBe(3)
})

test('SS3 a reservation is a secret that is opened once, and not for ever', async () => {
  await using house = await openHouse()
  const reserved = await fetch(house.graphqlUrl, { method: 'PUT' })
  expect([reserved.status, reserved.headers.get('content-type')]).toEqual([201, 'text/plain; charset=utf-8'])
  const token = await reserved.text()
  const [first, second] = await Promise.all([open(house.graphqlUrl, token), open(house.graphqlUrl, token)])
  expect([first.status, second.status].sort()).toEqual([200, 409])
  // An EventSource can set no header.
  const inAddress = await fetch(`${house.graphqlUrl}?token=${await reserve(house.graphqlUrl)}`, {
    headers: { accept: 'text/event-stream' },
  })
  expect(inAddress.status).toBe(200)
  const late = makeStreamTokens('a secret of streams', () => Date.now() - 30_001).issue()
  const forged = makeStreamTokens('another secret', Date.now).issue()
  for (const wrong of [late, forged, 'guessed', '']) {
    expect((await open(house.graphqlUrl, wrong)).status).toBe(404)
  }
})

test('SS4 what is no operation of a stream is told by the status of its own request', async () => {
  await using house = await openHouse()
  const url = house.graphqlUrl
  const token = await reserve(url)
  expect(await post(url, token, 'a', '{ __typename }')).toMatchObject({
    status: 404,
    reason: 'unknown-stream',
  })
  const stream = await open(url, token)
  const events = readEvents(stream)
  for (const query of ['{ polls {', '{ secret }', `{ polls ${'{ __typename '.repeat(9)}${'}'.repeat(10)}`]) {
    expect((await post(url, token, 'a', query)).status).toBe(400)
  }
  for (const id of [undefined, '', 7, 'x'.repeat(300)]) {
    expect((await post(url, token, id, '{ __typename }')).status).toBe(400)
  }
  const follow = 'subscription { publicPolls { slug } }'
  expect((await post(url, token, 'a', follow)).status).toBe(202)
  expect(await post(url, token, 'a', follow)).toMatchObject({ status: 409, reason: 'operation-taken' })
  expect((await events.next()).value?.data).toContain('"id":"a"')
  // A refusal is a result like any other.
  expect((await post(url, token, 'b', 'subscription { pipeline { accepted } }')).status).toBe(202)
  expect((await events.next()).value?.data).toMatch(
    /^\{"id":"b","payload":\{"errors":\[.*"admin-token-needed"/,
  )
  expect((await events.next()).value).toEqual({ event: 'complete', data: '{"id":"b"}' })
  expect(await complete(url, token, '?operationId=a')).toBe(200)
  while (house.watches.pollLists.size().watchers > 0) await new Promise(setImmediate)
  expect((await post(url, token, 'a', follow)).status).toBe(202)
  expect(await complete(url, token, '')).toBe(400)
  expect(await complete(url, 'guessed', '?operationId=a')).toBe(404)
})

test('SS5 the fifty-first operation of a stream is refused', async () => {
  await using house = await openHouse()
  const token = await reserve(house.graphqlUrl)
  const stream = await open(house.graphqlUrl, token)
  const ask = (i: number) => post(house.graphqlUrl, token, `o${i}`, 'subscription { publicPolls { slug } }')
  for (let i = 0; i < 50; i++) expect((await ask(i)).status).toBe(202)
  expect(await ask(50)).toMatchObject({ status: 429, reason: 'too-many-operations' })
  await stream.body?.cancel()
  while (house.watches.pollLists.size().watchers > 0) await new Promise(setImmediate)
})

test('SS6 an operation reaches its stream through any process, and hears what becomes of it', async () => {
  await using house = await openHouse()
  await using other = await openDoorHouse()
  other.polls.put(house.poll)
  const elsewhere = `${other.url}/graphql`
  // Reserved at one process, opened at another, asked at the first.
  const token = await reserve(elsewhere)
  const events = readEvents(await open(house.graphqlUrl, token))
  expect((await open(elsewhere, token)).status).toBe(409)
  expect((await post(elsewhere, token, 'a', tallyQuery, { id: house.pollId })).status).toBe(202)
  expect((await events.next()).value?.data).toContain('{"id":"a","payload":{"data":{"tally":{"version":1')
  expect([house, other].map(({ watches }) => watches.tallies.size().watchers)).toEqual([1, 0])
  expect((await post(elsewhere, token, 'a', tallyQuery, { id: house.pollId })).status).toBe(409)
  expect(await complete(elsewhere, token, '?operationId=a')).toBe(200)
  while (house.watches.tallies.size().watchers > 0) await new Promise(setImmediate)
  // Its stream is gone: its client has to reserve another one.
  await events.return(undefined)
  while ((await house.metric('urna_single_streams')) > 0) await new Promise(setImmediate)
  const gone = async () => (await post(elsewhere, token, 'b', '{ __typename }')).status
  while ((await gone()) !== 404) await new Promise(setImmediate)
})

test('SS7 a reader who stops gets what was under way and then the newest, and costs no memory meanwhile', async () => {
  await using house = await openHouse()
  const size = 100_000
  const put = (version: number) => house.polls.put({ ...house.poll, version, description: 'x'.repeat(size) })
  put(2)
  const query = 'subscription P($id: ID!) { poll(pollId: $id) { version description } }'
  const view = async (house: DoorHouse) => {
    const url = `${house.url}/graphql`
    const token = await reserve(url)
    const sockets: Socket[] = []
    house.door.server.once('request', (req) => sockets.push(req.socket))
    const reader = openReader(
      house.port,
      `GET /graphql?token=${token} HTTP/1.1\r\nhost: urna\r\naccept: text/event-stream\r\n\r\n`,
    )
    await reader.until((heard) => heard.includes(':\n\n'))
    for (const id of ['p', 'q']) await post(url, token, id, query, { id: house.polls.list()[0]?.pollId })
    await reader.until((heard) => versionsIn(heard).length === 2)
    // It is asked anew with every chunk.
    await reader.until(() => true)
    return { reader, socket: sockets[0] }
  }
  const [slow, quick] = [await view(house), await view(house)]
  slow.reader.socket.pause()
  let seen = 2
  quick.reader.socket.on('data', (chunk) => (seen = Math.max(seen, ...versionsIn(String(chunk)))))
  for (let version = 3; version <= 300; version++) {
    put(version)
    while (seen < version) await new Promise(setImmediate)
    expect(slow.socket?.writableLength).toBeLessThan(size * 1.1)
  }
  expect(slow.socket?.writableLength).toBeGreaterThan(size / 2)
  slow.reader.socket.resume()
  const heard = await slow.reader.until((all) => all.slice(-3 * size).split('"version":300,').length === 3)
  expect(versionsIn(heard).length).toBeLessThan(200)
})

test('SS8 this process says that it goes: the stream ends, and no operation is said to be complete', async () => {
  const house = await openHouse()
  const token = await reserve(house.graphqlUrl)
  const stream = await open(house.graphqlUrl, token)
  await post(house.graphqlUrl, token, 'a', tallyQuery, { id: house.pollId })
  const heard: string[] = []
  const all = (async () => {
    for await (const { event } of readEvents(stream)) heard.push(event)
  })()
  while (heard.length === 0) await new Promise(setImmediate)
  await house[Symbol.asyncDispose]()
  await all
  expect(heard).toEqual(['next'])
})

test('SS9 a browser of an allowed origin is told that it may reserve, ask and end', async () => {
  await using house = await openDoorHouse({ corsOrigins: ['https://show.example'] })
  const { headers } = await fetch(`${house.url}/graphql`, {
    ...{ method: 'OPTIONS', headers: { origin: 'https://show.example' } },
  })
  expect(headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, DELETE')
  expect(headers.get('access-control-allow-headers')).toContain('x-graphql-event-stream-token')
  const foreign = await fetch(`${house.url}/graphql`, {
    method: 'PUT',
    headers: { origin: 'https://evil.example' },
  })
  expect(foreign.status).toBe(403)
})
