/** Bad input, each kind: its own clear, typed answer with the right status, and no trace anywhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Kafka, logLevel } from 'kafkajs'
import { v7 as uuidv7 } from 'uuid'
import { topics } from '../contracts/events.ts'
import type { Poll } from '../contracts/poll.ts'
import { makeSessions } from '../gateway/sessions/session-tokens.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'

let house: House
let door: Door
let open: Poll
let closed: Poll
let coming: Poll
let token: string
beforeAll(async () => {
  house = await startHouse({ kafka: true })
  door = await house.gateway()
  await house.workers()
  open = await house.openPoll(door)
  closed = await house.openPoll(door)
  const { trpc } = adminAt(door)
  await trpc.admin.closePoll.mutate({ pollId: closed.pollId })
  coming = await trpc.admin.createPoll.mutate({
    question: 'Tomorrow?',
    options: ['Samba', 'Forro'],
    opensAt: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const voter = voterAt(door)
  token = (await voter.startSession()).token
})
afterAll(() => house[Symbol.asyncDispose]())

interface Sent {
  readonly path?: string
  readonly method?: string
  readonly body?: unknown
  readonly raw?: string
  readonly headers?: Record<string, string>
}
interface Heard {
  readonly status: number
  readonly reason: string
}

const vote = (poll: Poll) => ({ pollId: poll.pollId, optionId: 'samba', voteId: uuidv7() })
const bearer = (of: string) => ({ authorization: `Bearer ${of}` })
const sessionsOf = (secret: string, liveForMs: number) =>
  makeSessions({ secret, liveForMs, now: Date.now }).start(null).token
const deep = (levels: number) => `{ polls ${'{ __typename '.repeat(levels)}${'}'.repeat(levels)} }`
const graphql = (query: string, headers: Record<string, string> = {}): Sent => ({
  path: '/graphql',
  body: { query },
  headers,
})
const stream = { accept: 'application/graphql-response+json, text/event-stream' }

/** Each: what is sent (a vote.cast with a good session unless it says otherwise), and what is to be heard. */
const cases: [string, () => Sent, Heard][] = [
  [
    'an unknown poll',
    () => ({ body: { ...vote(open), pollId: uuidv7() } }),
    { status: 404, reason: 'unknown-poll' },
  ],
  [
    'an unknown option',
    () => ({ body: { ...vote(open), optionId: 'tango' } }),
    { status: 404, reason: 'unknown-option' },
  ],
  [
    'an unknown box',
    () => ({ body: { ...vote(open), box: 'jury' } }),
    { status: 404, reason: 'unknown-box' },
  ],
  ['a closed poll', () => ({ body: vote(closed) }), { status: 409, reason: 'poll-closed' }],
  ['a poll that is not open yet', () => ({ body: vote(coming) }), { status: 409, reason: 'poll-not-open' }],
  ['a body that is no JSON', () => ({ raw: '{"pollId":' }), { status: 400, reason: 'bad-input' }],
  [
    'a body of another type',
    () => ({ raw: 'x=1', headers: { 'content-type': 'text/plain' } }),
    { status: 415, reason: 'media-type' },
  ],
  [
    'an oversized body',
    () => ({ body: { ...vote(open), more: 'x'.repeat(17_000) } }),
    { status: 413, reason: 'body-too-large' },
  ],
  [
    'a voteId that is no UUID',
    () => ({ body: { ...vote(open), voteId: '1' } }),
    { status: 400, reason: 'bad-input' },
  ],
  [
    'an option of a wrong type',
    () => ({ body: { ...vote(open), optionId: 7 } }),
    { status: 400, reason: 'bad-input' },
  ],
  ['an extra key', () => ({ body: { ...vote(open), voterKey: 'me' } }), { status: 400, reason: 'bad-input' }],
  ['nothing at all', () => ({ raw: '' }), { status: 400, reason: 'bad-input' }],
  [
    'no token',
    () => ({ body: vote(open), headers: { authorization: '' } }),
    { status: 401, reason: 'session-missing' },
  ],
  [
    'a garbled token',
    () => ({ body: vote(open), headers: bearer('no-token') }),
    { status: 401, reason: 'session-forged' },
  ],
  [
    'a token under another secret',
    () => ({
      body: vote(open),
      headers: bearer(sessionsOf('another secret of another house, long enough', 60_000)),
    }),
    { status: 401, reason: 'session-forged' },
  ],
  [
    'an expired token',
    () => ({ body: vote(open), headers: bearer(sessionsOf(secrets.SESSION_SECRET, -5_000)) }),
    { status: 401, reason: 'session-expired' },
  ],
  [
    'an unknown procedure',
    () => ({ path: '/trpc/vote.steal', body: {} }),
    { status: 404, reason: 'unknown-path' },
  ],
  ['a vote by GET', () => ({ method: 'GET' }), { status: 405, reason: 'method-not-allowed' }],
  [
    'an admin call without the token',
    () => ({ path: '/trpc/admin.closePoll', body: { pollId: open.pollId } }),
    { status: 401, reason: 'admin-token-needed' },
  ],
  [
    'an admin call with a wrong token',
    () => ({
      path: '/trpc/admin.deletePoll',
      body: { pollId: open.pollId },
      headers: bearer('not-the-admin-token'),
    }),
    { status: 401, reason: 'admin-token-needed' },
  ],
  [
    'a poll with one option',
    () => ({
      path: '/trpc/admin.createPoll',
      body: { question: 'Who?', options: ['A'] },
      headers: bearer(secrets.ADMIN_TOKEN),
    }),
    { status: 400, reason: 'bad-input' },
  ],
  [
    'a foreign origin at tRPC',
    () => ({ body: vote(open), headers: { origin: 'https://evil.example' } }),
    { status: 403, reason: 'origin-refused' },
  ],
  [
    'a foreign origin at GraphQL',
    () => graphql('{ polls { polls { slug } } }', { origin: 'https://evil.example' }),
    { status: 403, reason: 'origin-refused' },
  ],
  [
    'a foreign origin at a stream',
    () => graphql('subscription { publicPolls { slug } }', { ...stream, origin: 'https://evil.example' }),
    { status: 403, reason: 'origin-refused' },
  ],
  [
    'an admin subscription without the token',
    () => graphql('subscription { pipeline { accepted } }', stream),
    { status: 401, reason: 'admin-token-needed' },
  ],
  [
    'a stream of an unknown poll',
    () => graphql(`subscription { tally(pollId: "${uuidv7()}") { total } }`, stream),
    { status: 404, reason: 'unknown-poll' },
  ],
  ['GraphQL that is no GraphQL', () => graphql('{ polls {'), { status: 400, reason: 'bad-input' }],
  ['GraphQL that is too deep', () => graphql(deep(9)), { status: 400, reason: 'query-too-deep' }],
  [
    'GraphQL that is too costly',
    () => graphql(`{ ${'polls { boxes { limit { votes } boxId } options { text optionId } } '.repeat(40)} }`),
    { status: 400, reason: 'query-too-costly' },
  ],
  [
    'GraphQL full of aliases',
    () => graphql(`{ ${Array.from({ length: 11 }, (_, i) => `p${i}: polls { slug }`).join(' ')} }`),
    { status: 400, reason: 'too-many-aliases' },
  ],
  [
    'GraphQL as a batch',
    () => ({ path: '/graphql', body: [{ query: '{ polls { polls { slug } } }' }] }),
    { status: 400, reason: 'bad-input' },
  ],
]

async function send({ path = '/trpc/vote.cast', method = 'POST', body, raw, headers }: Sent) {
  const text = raw ?? JSON.stringify(body)
  const answer = await fetch(`${door.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...bearer(token), ...headers },
    ...(method === 'POST' && { body: text }),
  })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

/** All that a trace could be: keys and sizes on Redis, rows in Postgres, offsets on Kafka. */
async function traces(): Promise<unknown> {
  // A group that is refused takes its job out again; the queue's own counter and its trimmed stream have seen it.
  const keys = (await house.redis.keys('*')).filter(
    (key) => !/:(beat|pipeline|announced)$|bull:.*:(stalled-check|id|events|marker)$/.test(key),
  )
  const sizes = await Promise.all(
    keys.sort().map(async (key) => [key, await house.redis.memory('USAGE', key)]),
  )
  const tables = ['polls', 'votes', 'ledger', 'poll_events', 'gateway_runs', 'shard_counts', 'minute_counts']
  const rows = await Promise.all(
    tables.map(async (table) => [table, (await house.rows(`select from ${table}`)).length]),
  )
  const kafka = new Kafka({
    brokers: house.services.kafkaBrokers?.split(',') ?? [],
    logLevel: logLevel.NOTHING,
  })
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await Promise.all(
    // A topic that was made a moment ago may have no leader yet.
    Object.values(topics).map(async ({ topic }) => [
      topic,
      await until(`the offsets of ${topic}`, () => admin.fetchTopicOffsets(topic)),
    ]),
  )
  await admin.disconnect()
  return { sizes, rows, offsets }
}

describe('bad input', () => {
  it('I1 of each kind gets its own typed answer, and none leaves a trace in Redis, Postgres or Kafka', async () => {
    // What the polls' making left behind has to be through first.
    await until('all events emitted', async () => {
      return (await house.rows('select from poll_events where emitted_at is null')).length === 0
    })
    const before = await traces()
    const wrong: string[] = []
    for (const [what, sent, { status, reason }] of cases) {
      const heard = await send(sent())
      const isRight =
        heard.status === status && heard.type?.includes('json') === true && heard.text.includes(`"${reason}"`)
      const hasStack = /node_modules|\bat .*\.ts:\d|stack/.test(heard.text)
      if (!isRight || hasStack) {
        wrong.push(
          `${what}: wanted ${status} ${reason}, heard ${heard.status} ${heard.type} ${heard.text.slice(0, 300)}`,
        )
      }
    }
    expect(wrong).toEqual([])
    expect(await traces()).toEqual(before)
  })

  it('I2 does no harm to who votes well beside it', async () => {
    expect(await voterAt(door).cast(vote(open))).toMatchObject({ accepted: true })
  })
})
