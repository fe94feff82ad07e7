/** Rules of the short ways of a vote: whatever comes, they answer as tRPC's own adapter does. */
import { connect, createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import type { CastVote, VoteAnswer } from '../../../contracts/vote.ts'
import { adminToken, openDoorHouse, type DoorHouse } from '../../../tests/door-house.ts'
import { generateCall, makeChance, type GeneratedCall } from '../../../tests/generated-calls.ts'
import { openRawLine, type RawAnswer } from '../../../tests/raw-http.ts'
import { makeSessions } from '../../sessions/session-tokens.ts'
import { makeVoteLane } from './vote-lane.ts'

const allowedOrigin = 'https://show.example'
const batchId = uuidv7()

/** A ballot that answers by the option, the same at every door. */
async function castVote({ voteId, optionId }: CastVote): Promise<VoteAnswer> {
  switch (optionId) {
    case 'refuse':
      return { accepted: false, reason: 'already-voted', message: 'You have already voted in this poll.' }
    case 'full':
      return { accepted: false, reason: 'queue-full', message: 'Wait.', retryAt: '2199-01-01T00:00:00.000Z' }
    case 'limited':
      return {
        accepted: false,
        reason: 'limit-reached',
        message: 'Wait.',
        retryAt: '2199-01-01T00:00:00.000Z',
      }
    case 'unclear':
      return {
        accepted: false,
        reason: 'poll-not-open',
        message: 'Soon.',
        retryAt: '2199-01-01T00:00:00.000Z',
      }
    case 'throw':
      throw new Error('the ballot is broken')
    case 'two-words':
      return {
        ...{ accepted: true, voteId, acceptedAt: '2026-11-21T02:29:28.374Z', remaining: null },
        receipt: {
          ...{ batchId, position: 499, path: `l${'A-_9'.repeat(10)}abcr${'B'.repeat(43)}` },
          ...{ signature: 'S'.repeat(86), keyId: 'K-_'.repeat(5) + 'k' },
        },
      }
    case 'samba':
      // The only vote of its batch: its path has no step.
      return {
        ...{ accepted: true, voteId, acceptedAt: '2026-11-21T02:29:28.374Z', remaining: 0 },
        receipt: { batchId, position: 0, path: '', signature: 'S'.repeat(86), keyId: 'k'.repeat(16) },
      }
    default:
      await new Promise((resolve) => setImmediate(resolve))
      return {
        accepted: true,
        voteId,
        acceptedAt: '2026-11-21T02:29:28.374Z',
        remaining: 0,
        receipt: { batchId, position: 7 },
      }
  }
}

const openDoors = async () => {
  const stack = new AsyncDisposableStack()
  const given = { corsOrigins: [allowedOrigin], castVote }
  const short = stack.use(await openDoorHouse(given))
  const official = stack.use(await openDoorHouse({ ...given, shortWays: false }))
  return { short, official, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** What is compared: all but how the body is framed, when it was made, and the seconds to a far day. */
function essence(answer: RawAnswer | null): unknown {
  if (answer === null) return null
  const {
    date,
    'content-length': length,
    'transfer-encoding': coding,
    'retry-after': retry,
    ...headers
  } = answer.headers
  if (answer.status === 200) expect([date?.length, (length ?? coding)?.length]).toEqual([1, 1])
  let body: unknown = answer.body
  try {
    body = JSON.parse(answer.body)
  } catch {
    // node:http's own refusals have no JSON
  }
  return { status: answer.status, headers, retry: retry?.length, body }
}

async function hear(line: ReturnType<typeof openRawLine>, call: GeneratedCall): Promise<unknown[]> {
  await line.send(call.pieces)
  if (call.answers === 0) {
    line.cut()
    return []
  }
  const answers: unknown[] = []
  for (let i = 0; i < call.answers; i++) {
    const answer = await line.answer(30_000)
    answers.push(essence(answer))
    // After an answer that ends the connection nothing more is heard, and what was said behind it is lost.
    if (answer === null || answer.headers['connection']?.[0] === 'close') {
      line.cut()
      break
    }
  }
  return answers
}

describe('the short ways of a vote', () => {
  test('L1 answer 10,000 generated requests as the official adapter does: status, headers and JSON', async () => {
    await using doors = await openDoors()
    // One host name for both, so that an origin is as much its own here as there.
    const host = 'vote.example'
    const expired = makeSessions({
      ...{ secret: 'a session secret that only tests know', liveForMs: 1_000 },
      now: () => Date.now() - 3_600_000,
    })
    const tokens = {
      genuine: doors.short.sessions.start(null).token,
      expired: expired.start(null).token,
      admin: adminToken.replaceAll(' ', '-'),
    }
    const seed = Number(process.env['URNA_TEST_SEED'] ?? 20_261_121)
    const total = 10_000
    let made = 0
    const statuses: Record<string, number> = {}
    const talk = async (thread: number) => {
      const chance = makeChance(seed + thread)
      const lines = [openRawLine(doors.short.port), openRawLine(doors.official.port)] as const
      while (made++ < total) {
        const call = generateCall(chance, { tokens, host, allowedOrigin })
        const [short, official] = await Promise.all([hear(lines[0], call), hear(lines[1], call)])
        expect(short, `seed ${seed}, sent: ${Buffer.concat(call.pieces).toString().slice(0, 1_500)}`).toEqual(
          official,
        )
        for (const answer of official) {
          const status = String((answer as { status?: number } | null)?.status)
          statuses[status] = (statuses[status] ?? 0) + 1
        }
      }
      for (const line of lines) line.cut()
    }
    await Promise.all(Array.from({ length: 12 }, (_, thread) => talk(thread)))
    // The generator reaches what it is meant to reach.
    for (const status of ['200', '400', '401', '403', '404', '405', '409', '413', '415', '429', '500', '503'])
      expect(statuses[status] ?? 0, `${status} in ${JSON.stringify(statuses)}`).toBeGreaterThan(5)
  })

  const plainVote = (house: DoorHouse, optionId = 'samba') => {
    const body = JSON.stringify({ pollId: uuidv7(), optionId, voteId: uuidv7() })
    return Buffer.from(
      `POST /trpc/vote.cast HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
        `authorization: Bearer ${house.sessions.start(null).token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
  }

  test('L2 a request that comes in two pieces, wherever it is cut, is answered once', async () => {
    await using house = await openDoorHouse({ castVote })
    const line = openRawLine(house.port)
    const bytes = plainVote(house)
    for (let at = 0; at <= bytes.length; at += at < 40 ? 1 : 17) {
      await line.send([bytes.subarray(0, at), bytes.subarray(at)].filter(({ length }) => length > 0))
      expect((await line.answer(10_000))?.status, `cut at ${at}`).toBe(200)
      line.cut()
    }
    expect(house.reached.filter((what) => what.startsWith('vote.cast')).length).toBeGreaterThan(40)
  })

  test('L3 requests sent on before their answers come are answered in order', async () => {
    let cast = 0
    await using house = await openDoorHouse({
      async castVote({ voteId }) {
        await new Promise((resolve) => setTimeout(resolve, cast++ === 0 ? 50 : 0))
        return {
          accepted: true,
          voteId,
          acceptedAt: '2026-11-21T02:29:28.374Z',
          remaining: 0,
          receipt: { batchId, position: 0 },
        }
      },
    })
    const line = openRawLine(house.port)
    const votes = Array.from({ length: 20 }, () => plainVote(house))
    await line.send([votes[0] ?? Buffer.alloc(0), Buffer.concat(votes.slice(1))])
    const sent = votes.map((bytes) => /"voteId":"([^"]+)/.exec(bytes.toString())?.[1])
    const heard: unknown[] = []
    while (heard.length < votes.length) {
      const answer = await line.answer(10_000)
      heard.push(JSON.parse(answer?.body ?? 'null')?.result?.data?.voteId)
    }
    expect(heard).toEqual(sent)
    line.cut()
  })

  test('L4 closing answers what was asked and closes what is idle, and nobody waits for silence', async () => {
    let answer = () => {}
    await using house = await openDoorHouse({
      castVote: ({ voteId }) =>
        new Promise((resolve) => {
          answer = () =>
            resolve({
              accepted: true,
              voteId,
              acceptedAt: '2026-11-21T02:29:28.374Z',
              remaining: 0,
              receipt: { batchId, position: 0 },
            })
        }),
    })
    const silent = connect(house.port, '127.0.0.1')
    await once(silent, 'connect')
    const asking = openRawLine(house.port)
    await asking.send([plainVote(house)])
    while (house.reached.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const [, closed] = [once(silent, 'close'), house.door.close(5_000)]
    await once(silent, 'close').catch(() => undefined)
    answer()
    const heard = await asking.answer(5_000)
    expect([heard?.status, heard?.headers['connection']]).toEqual([200, ['close']])
    await closed
  })

  test('L5 a voter who hangs up before the answer, or says goodbye after asking, harms nobody', async () => {
    await using house = await openDoorHouse({ castVote })
    for (let i = 0; i < 50; i++) {
      const socket = connect(house.port, '127.0.0.1')
      socket.on('error', () => undefined).resume()
      socket.write(plainVote(house))
      if (i % 2 === 0) setTimeout(() => socket.destroy(), i % 5)
      else socket.end()
      await once(socket, 'close')
    }
    const line = openRawLine(house.port)
    await line.send([plainVote(house)])
    expect((await line.answer(5_000))?.status).toBe(200)
    line.cut()
  })

  test('L6 a connection that asks nothing is closed after its time, one that waits for its answer is not', async () => {
    const answers: (() => void)[] = []
    const lane = makeVoteLane({
      desk: {
        takes: () => 'allowed',
        answer: () =>
          new Promise((resolve) => answers.push(() => resolve({ status: 200, headers: [], json: '{}' }))),
      },
      ...{ mostBytes: 16_384, leave: () => expect.unreachable(), onFault: () => expect.unreachable() },
      ...{ firstWithinMs: 600, idleForMs: 1_200 },
    })
    const server = createServer(lane.enter).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const open = async () => {
      const socket = connect(port, '127.0.0.1').resume()
      await once(socket, 'connect')
      const since = performance.now()
      return { socket, closed: once(socket, 'close').then(() => performance.now() - since) }
    }
    const vote = 'POST /trpc/vote.cast HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}'
    const [silent, asking, waiting] = [await open(), await open(), await open()]
    asking.socket.write(vote)
    while (answers.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
    waiting.socket.write(vote)
    while (answers.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    answers[0]?.()
    const lasted = [await silent.closed, await asking.closed]
    expect(lasted[0]).toBeGreaterThanOrEqual(600)
    expect(lasted[1]).toBeGreaterThanOrEqual(1_200)
    await expect.poll(lane.size).toBe(1)
    expect(waiting.socket.destroyed).toBe(false)
    answers[1]?.()
    await waiting.closed
    await expect.poll(lane.size).toBe(0)
    server.close()
  })
})
