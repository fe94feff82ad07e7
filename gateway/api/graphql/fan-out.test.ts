/** Rules of the fan-out: one answer for all who ask the same, and nobody waits for who is slow. */
import { expect, test } from 'vitest'
import { announce, newPoll, shard, writeTally } from '../../../tests/live-redis.ts'
import {
  decodeChunks,
  openGraphqlHouse,
  openReader,
  requestFor,
  rest,
  tallyQuery,
  versionsIn,
  type GraphqlHouse,
} from '../../../tests/graphql-house.ts'

async function openHouse() {
  const house = await openGraphqlHouse()
  const poll = newPoll()
  house.polls.put(poll)
  await writeTally(house.redis, poll.pollId, shard(1, [1, 0]))
  return Object.assign(house, {
    ...{ poll, pollId: poll.pollId },
    view: (version?: string) => openReader(house.port, requestFor(tallyQuery, { id: poll.pollId }, version)),
    announce: (version: number) => announce(house.redis, poll.pollId, shard(version, [version, 0])),
  })
}

const has = (version: number) => (heard: string) => heard.includes(`"version":${version}`)
const isOver = (heard: string) => heard.includes('event: complete')

async function untilNobodyWatches(house: GraphqlHouse): Promise<void> {
  while (house.watchers() > 0) await rest(5)
}

test('L1 viewers who ask the same are one watcher, however they put it, and the last to leave ends it', async () => {
  await using house = await openHouse()
  const first = house.view()
  await first.until(has(1))
  const search = new URLSearchParams({ query: tallyQuery, variables: JSON.stringify({ id: house.pollId }) })
  const others = [
    house.view(),
    openReader(
      house.port,
      `GET /graphql?${search.toString()} HTTP/1.1\r\nhost: urna\r\naccept: text/event-stream\r\n\r\n`,
    ),
    openReader(
      house.port,
      requestFor(tallyQuery, { id: house.pollId }).replace('accept: text/event-stream\r\n', ''),
    ),
  ]
  for (const other of others) await other.until(has(1))
  expect(house.watchers()).toBe(1)
  await house.announce(2)
  for (const reader of [first, ...others]) await reader.until(has(2))
  first.socket.destroy()
  await house.announce(3)
  for (const reader of others) expect(versionsIn(await reader.until(has(3)))).toEqual([1, 2, 3])
  expect(house.watchers()).toBe(1)
  for (const { socket } of others) socket.destroy()
  await untilNobodyWatches(house)
})

test('L2 another operation, variable or right to see is another audience', async () => {
  await using house = await openHouse()
  const draft = newPoll({ state: 'draft' })
  house.polls.put(draft)
  const both = `subscription A { publicPolls { slug } } subscription B { publicPolls { question } }`
  const body = (operationName: string) => JSON.stringify({ query: both, operationName })
  const ask = (headers: string, text: string) =>
    openReader(
      house.port,
      `POST /graphql HTTP/1.1\r\nhost: urna\r\naccept: */*\r\n${headers}` +
        `content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    )
  const polls = JSON.stringify({ query: 'subscription { polls { polls { slug } } }' })
  const [slugs, questions, moderator] = [
    ask('', body('A')),
    ask('', body('B')),
    ask('x-admin: yes\r\n', polls),
  ]
  expect(await slugs.until((heard) => heard.includes('"slug"'))).not.toContain(draft.slug)
  await questions.until((heard) => heard.includes('"question"'))
  expect(await moderator.until((heard) => heard.includes('"slug"'))).toContain(draft.slug)
  expect(house.watchers()).toBe(3)
  // An audience that stands lets nobody in who may not see the same.
  const refused = await ask('', polls).until((heard) => heard.includes('}]}'))
  expect(refused).toMatch(/^HTTP\/1\.1 401 /)
  expect(refused).not.toContain(draft.slug)
})

test('L3 a storm of 2,000 viewers in 2 s is seated by one question to GraphQL', async () => {
  await using house = await openHouse()
  const readers = []
  for (let i = 0; i < 2_000; i++) {
    readers.push(house.view())
    if (i % 100 === 99) await rest(100)
  }
  await Promise.all(readers.map((reader) => reader.until(has(1))))
  expect(house.watchers()).toBe(1)
  await house.announce(2)
  await Promise.all(readers.map((reader) => reader.until(has(2))))
  expect(readers.every((reader) => versionsIn(reader.heard()).join() === '1,2')).toBe(true)
  for (const { socket } of readers) socket.destroy()
  await untilNobodyWatches(house)
})

test('L4 viewers who came while a question was being refused are refused each', async () => {
  await using house = await openHouse()
  const unknown = requestFor(tallyQuery, { id: newPoll().pollId }).replace('text/event-stream', '*/*')
  const refused = Array.from({ length: 20 }, () => openReader(house.port, unknown))
  for (const reader of refused) {
    expect(await reader.until((heard) => heard.includes('unknown-poll'))).toMatch(/^HTTP\/1\.1 404 /)
  }
  await untilNobodyWatches(house)
})

test('L5 a reader who stops gets what was under way and then the newest, and costs no memory meanwhile', async () => {
  await using house = await openHouse()
  const size = 100_000
  const put = (version: number) => house.polls.put({ ...house.poll, version, description: 'x'.repeat(size) })
  put(2)
  const query = 'subscription P($id: ID!) { poll(pollId: $id) { version description } }'
  const view = () => openReader(house.port, requestFor(query, { id: house.pollId }))
  const slow = view()
  await slow.until(has(2))
  slow.socket.pause()
  const answer = house.answers[0]
  const quick = view()
  let seen = 2
  quick.socket.on('data', (chunk) => (seen = Math.max(seen, ...versionsIn(String(chunk)))))
  for (let version = 3; version <= 1_000; version++) {
    put(version)
    while (seen < version) await new Promise(setImmediate)
    // One frame that the system has not taken yet, and nothing behind it.
    expect(answer?.socket?.writableLength).toBeLessThan(size * 1.1)
  }
  expect(answer?.socket?.writableLength).toBeGreaterThan(size / 2)
  slow.socket.resume()
  const versions = versionsIn(await slow.until(has(1_000)))
  // What the two systems' buffers hold is 6 MB at most.
  expect(versions.length).toBeLessThan(100)
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  expect(versions.at(-1)).toBe(1_000)
  put(1_001)
  await slow.until(has(1_001))
})

test('L6 a reader who vanishes while he owes a drain leaves nothing behind', async () => {
  await using house = await openHouse()
  const put = (version: number) =>
    house.polls.put({ ...house.poll, version, description: 'x'.repeat(1_000_000) })
  put(2)
  const query = 'subscription P($id: ID!) { poll(pollId: $id) { version description } }'
  const reader = openReader(house.port, requestFor(query, { id: house.pollId }))
  await reader.until(has(2))
  reader.socket.pause()
  const [answer] = house.answers
  for (let version = 3; (answer?.socket?.writableLength ?? 0) < 1_000_000; version++) {
    put(version)
    await new Promise(setImmediate)
  }
  expect(house.watchers()).toBe(1)
  reader.socket.destroy()
  await untilNobodyWatches(house)
  expect(answer?.destroyed).toBe(true)
})

test('L7 HTTP/1.0 gets the events without the coding of chunks', async () => {
  await using house = await openHouse()
  const old = house.view('1.0')
  await old.until(has(1))
  const modern = house.view()
  await modern.until(has(1))
  await house.announce(2)
  await Promise.all([old.until(has(2)), modern.until(has(2))])
  house.polls.remove(house.pollId)
  const [plain, coded] = await Promise.all([old.until(isOver), modern.until(isOver)])
  const bodyOf = (heard: string) => heard.slice(heard.indexOf('\r\n\r\n') + 4)
  // The first of them waited for the first state, and was pinged at once.
  const eventsOf = (heard: string) => bodyOf(heard).replace(/^:\n\n/, '')
  expect(plain).not.toMatch(/transfer-encoding/i)
  expect(decodeChunks(bodyOf(coded))).toBe(eventsOf(plain))
  expect(eventsOf(plain).split('\n\n')).toEqual([
    ...[1, 2].map(
      (version) => `event: next\ndata: {"data":{"tally":{"version":${version},"total":${version}}}}`,
    ),
    ...['event: complete\ndata:', ''],
  ])
})

test('L8 a stream that waits behind another answer on its line begins with the newest once it is its turn', async () => {
  await using house = await openHouse()
  await house.view().until(has(1))
  const query = JSON.stringify({ query: '{ polls { polls { slug } } }' })
  const before =
    `POST /graphql HTTP/1.1\r\nhost: urna\r\ncontent-type: application/json\r\n` +
    `content-length: ${query.length}\r\n\r\n${query}`
  const reader = openReader(house.port, before + requestFor(tallyQuery, { id: house.pollId }))
  expect(await reader.until(has(1))).toMatch(/^HTTP\/1\.1 200 OK[^]*"polls"[^]*HTTP\/1\.1 200 OK[^]*"tally"/)
  await house.announce(2)
  expect(versionsIn(await reader.until(has(2)))).toEqual([1, 2])
})

test('L9 this process says that it closes: every stream is completed', async () => {
  await using house = await openHouse()
  const readers = [house.view(), house.view()]
  for (const reader of readers) await reader.until(has(1))
  house.closing.abort()
  for (const reader of readers) await reader.until(isOver)
  await untilNobodyWatches(house)
})
