/** Rules of one audience: how its rounds reach the seats, on real sockets, with states that the test itself tells. */
import { createServer, type ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import { listen } from '../../../runtime/listen.ts'
import { openReader, rest, versionsIn } from '../../../tests/graphql-house.ts'
import { openAudience } from './audience.ts'
import { makeTurns } from './turns.ts'

const request = 'GET / HTTP/1.1\r\nhost: urna\r\n\r\n'

async function openSeats(viewers: number, writesInATurn: number) {
  await using stack = new AsyncDisposableStack()
  const states = makeStates()
  const told: string[] = []
  const audience = openAudience({
    ...{ results: states.results, turns: makeTurns(writesInATurn), onFrame: () => undefined },
    onOver: () => told.push('over'),
    onEmpty: () => told.push('empty'),
    onFault: (error) => told.push(String(error)),
  })
  const answers: ServerResponse[] = []
  const server = createServer((_req, res) => {
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    answers.push(res)
    audience.seat({ res, operation: null }, gone.signal)
  })
  const port = await listen(server, '127.0.0.1', 0)
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const readers = Array.from({ length: viewers }, () => openReader(port, request))
  while (audience.size() < viewers) await rest(5)
  const all = stack.move()
  return {
    ...{ audience, states, told, answers, readers },
    allHave: (text: string) =>
      Promise.all(readers.map((reader) => reader.until((heard) => heard.includes(text)))),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Results that come when the test says so. */
function makeStates() {
  const waiting: ((next: IteratorResult<ExecutionResult, undefined>) => void)[] = []
  const settle = (next: IteratorResult<ExecutionResult, undefined>) => waiting.shift()?.(next)
  const results: AsyncIterableIterator<ExecutionResult, undefined> = {
    [Symbol.asyncIterator]: () => results,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async return() {
      settle({ done: true, value: undefined })
      return { done: true, value: undefined }
    },
  }
  return {
    results,
    put: (version: number) => settle({ done: false, value: { data: { version } } }),
    end: () => settle({ done: true, value: undefined }),
  }
}

const turn = () => new Promise(setImmediate)
test('L10 a newer frame overtakes the round under way: who waited gets it first, and nobody gets an old one after it', async () => {
  await using house = await openSeats(100, 10)
  house.states.put(1)
  // Some have it then, and most do not.
  for (let i = 0; i < 4; i++) await turn()
  house.states.put(2)
  await house.allHave('"version":2')
  const heard = house.readers.map((reader) => versionsIn(reader.heard()).join())
  const [both, newest] = ['1,2', '2'].map((versions) => heard.filter((one) => one === versions).length)
  expect((both ?? 0) + (newest ?? 0)).toBe(100)
  expect(both).toBeGreaterThan(0)
  expect(newest).toBeGreaterThan(0)
})

test('L11 other work has its turn while a frame is written to many', async () => {
  await using house = await openSeats(200, 20)
  house.states.put(1)
  let turns = 0
  const reached = house.allHave('"version":1').then(() => true)
  let done = false
  void reached.then(() => (done = true))
  while (!done) {
    await turn()
    turns++
  }
  expect(turns).toBeGreaterThanOrEqual(10)
})

test('L12 viewers who leave and come while a round is under way keep nobody from being reached', async () => {
  await using house = await openSeats(100, 7)
  house.states.put(1)
  await turn()
  for (let i = 0; i < 100; i += 3) {
    house.readers[i]?.socket.destroy()
    house.answers[i]?.destroy()
    if (i % 9 === 0) await turn()
  }
  const stayed = house.readers.filter((_, i) => i % 3 !== 0)
  for (const reader of stayed) await reader.until((heard) => heard.includes('"version":1'))
  expect(house.audience.size()).toBe(66)
  house.states.put(2)
  for (const reader of stayed) {
    const heard = await reader.until((text) => text.includes('"version":2'))
    expect(versionsIn(heard)).toEqual([1, 2])
  }
})

test('L13 who has heard nothing for 9 s is pinged, and a state counts as a ping', async () => {
  await using house = await openSeats(3, 10)
  house.states.put(1)
  await house.allHave('"version":1')
  const now = performance.now()
  house.audience.look(now + 8_000)
  await rest(20)
  expect(house.readers[0]?.heard().endsWith('\n\n\r\n')).toBe(true)
  const before = house.readers.map((reader) => reader.heard().length)
  house.audience.look(now + 9_500)
  await Promise.all(
    house.readers.map((reader, i) => reader.until((heard) => heard.slice(before[i]) === '3\r\n:\n\n\r\n')),
  )
  house.audience.look(now + 9_600)
  house.states.put(2)
  await house.allHave('"version":2')
})

test('L14 who has taken nothing for 30 s is let go, and only he', async () => {
  await using house = await openSeats(2, 10)
  const [slow, quick] = house.readers
  slow?.socket.pause()
  const [stuck] = house.answers.filter(({ socket }) => socket?.remotePort === slow?.socket.localPort)
  // More than the systems' buffers hold: a frame finds these bytes still here.
  for (let i = 0; i < 16; i++) stuck?.socket?.write(`:${'x'.repeat(1 << 20)}\n\n`)
  house.states.put(1)
  await quick?.until((heard) => heard.includes('"version":1'))
  const now = performance.now()
  house.audience.look(now + 29_000)
  expect(stuck?.destroyed).toBe(false)
  house.audience.look(now + 30_500)
  expect(stuck?.destroyed).toBe(true)
  while (house.audience.size() > 1) await rest(5)
  house.states.put(2)
  await quick?.until((heard) => heard.includes('"version":2'))
})

test('L15 results that end complete every stream; the last to leave ends the results', async () => {
  await using ended = await openSeats(50, 10)
  ended.states.put(1)
  await ended.allHave('"version":1')
  ended.states.end()
  await ended.allHave('event: complete')
  while (ended.told.at(-1) !== 'empty') await rest(5)
  expect(ended.told).toEqual(['over', 'empty'])

  await using left = await openSeats(2, 10)
  for (const { socket } of left.readers) socket.destroy()
  while (left.told.at(-1) !== 'empty') await rest(5)
  expect(left.told).toEqual(['over', 'empty'])
})
