/** Rules of what a reader may see: who counts as what, and how open streams follow a rule that changes. */
import { expect, test } from 'vitest'
import { visibilities, type PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { whatShows, type Reader, type Shows } from '../../contracts/what-shows.ts'
import { adminToken, openDoorHouse, readEvents, type DoorHouse } from '../../tests/door-house.ts'
import { announce, newPoll, openLine, redisUrl, shard, writeTally } from '../../tests/live-redis.ts'
import { makePollBook } from '../polls/poll-book.ts'
import { makeSessions } from '../sessions/session-tokens.ts'
import { makeVotedIn } from './voted-in.ts'

const states = ['draft', 'scheduled', 'open', 'closed', 'counting', 'certified'] as const
const readers = ['stranger', 'voter', 'moderator'] as const satisfies Reader[]
const isOver = (state: (typeof states)[number]) => !['draft', 'scheduled', 'open'].includes(state)

test('VS1 the rule is what it says, in every state and for every reader', () => {
  const says = (visibility: (typeof visibilities)[number], over: boolean, revealed: boolean): Shows[] => {
    if (visibility === 'live' || (over && (visibility !== 'embargo' || revealed)))
      return ['counts', 'counts', 'counts']
    if (visibility === 'after-vote') return ['nothing', 'counts', 'counts']
    if (visibility === 'after-close') return ['nothing', 'nothing', 'counts']
    return ['nothing', 'nothing', 'turnout']
  }
  for (const visibility of visibilities) {
    for (const state of states) {
      for (const revealedAt of [null, '2026-01-05T21:00:00.000Z']) {
        const shown = readers.map((reader) => whatShows({ visibility, state, revealedAt }, reader))
        const expected = says(visibility, isOver(state), revealedAt !== null)
        expect([visibility, state, revealedAt, ...shown]).toEqual([
          visibility,
          state,
          revealedAt,
          ...expected,
        ])
      }
    }
  }
})

/** Whether somebody has voted is said by a memory that stands: one has an epoch. */
async function openHouse(changes: Partial<PollRecord> = {}) {
  const house = await openDoorHouse({ redisUrls: { command: `${redisUrl}/13` } })
  await house.redis.set(redisKeys.epoch, 'any')
  let poll = newPoll(changes)
  house.polls.put(poll)
  await writeTally(house.redis, poll.pollId, shard(2, [1, 1]))
  return Object.assign(house, {
    ...{ poll, pollId: poll.pollId },
    change(its: Partial<PollRecord>) {
      house.polls.put((poll = { ...poll, ...its, version: poll.version + 1 }))
    },
    count: (seq: number) => announce(house.redis, poll.pollId, shard(seq, [seq, 1])),
  })
}

const fields =
  '{ pollVersion version shows asOf total options { votes } boxes { total } result { boxes { boxId } } }'

async function events(house: DoorHouse, query: string, token?: string) {
  const response = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'text/event-stream' },
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: `subscription { ${query} }` }),
  })
  return readEvents(response)
}

async function stream(house: DoorHouse, pollId: string, token?: string) {
  const its = await events(house, `tally(pollId: "${pollId}") ${fields}`, token)
  const next = async (): Promise<{ readonly version: number }> => {
    const { value } = await its.next()
    if (value?.event !== 'next') throw new Error(`no frame, but ${value?.event}`)
    const { data } = JSON.parse(value.data) as { data: { tally: { version: number } } }
    return data.tally
  }
  /** The name of what comes next: of a stream that is over, `complete`. */
  const event = async (): Promise<unknown> => (await its.next()).value?.event
  return Object.assign(next, { event })
}

type Stream = Awaited<ReturnType<typeof stream>>

const hidden = (pollVersion: number) => ({
  ...{ pollVersion, version: 0, shows: 'nothing', asOf: null, total: null },
  ...{ options: [], boxes: [], result: null },
})

/** It is over, and its viewer asks anew. */
async function comeAgain(house: DoorHouse & { pollId: string }, ended: Stream, token?: string) {
  expect(await ended.event()).toBe('complete')
  return stream(house, house.pollId, token)
}

test('VS2 an open stream follows the rule in both directions, and where nothing is shown no vote makes a frame', async () => {
  await using house = await openHouse()
  let next = await stream(house, house.pollId)
  // Has a frame for each vote, and is written to in the same turns: what it has, the other would have by then.
  const witness = await stream(house, house.pollId, adminToken)
  expect(await next()).toMatchObject({ shows: 'counts', total: 2, result: { boxes: [{}] } })
  await house.count(3)
  expect(await next()).toMatchObject({ version: 3, total: 4 })
  for (const visibility of ['after-close', 'embargo', 'after-vote'] as const) {
    house.change({ visibility })
    const { version } = house.polls.byId(house.pollId) ?? house.poll
    if (visibility === 'after-vote') next = await comeAgain(house, next)
    expect(await next()).toEqual(hidden(version))
    await house.count(version + 10)
    while ((await witness()).version !== version + 10) continue
  }
  house.change({ state: 'closed' })
  expect(await next()).toMatchObject({ pollVersion: 5, version: 14, total: 15 })
  house.change({ visibility: 'embargo' })
  expect(await next()).toEqual(hidden(6))
  house.change({ revealedAt: new Date().toISOString() })
  expect(await next()).toMatchObject({ pollVersion: 7, version: 14, shows: 'counts', total: 15 })
})

test('VS3 under an embargo a moderator sees how many, and not for what', async () => {
  await using house = await openHouse({ visibility: 'embargo' })
  const next = await stream(house, house.pollId, adminToken)
  expect(await next()).toMatchObject({
    ...{ version: 2, shows: 'turnout', total: 2, options: [], boxes: [{ total: 2 }], result: null },
  })
  await house.count(3)
  expect(await next()).toMatchObject({ version: 3, total: 4, options: [] })
})

/** The totals that this request sees of the polls. */
async function ask(
  house: DoorHouse,
  pollIds: readonly string[],
  how: { token?: string; byGet?: boolean } = {},
) {
  const query = `{ ${pollIds.map((id, i) => `p${i}: tally(pollId: "${id}") { total }`).join(' ')} }`
  const cookie = how.token === undefined ? {} : { cookie: `urna_session=${how.token}` }
  const answer = how.byGet
    ? await fetch(`${house.url}/graphql?${new URLSearchParams({ query }).toString()}`, { headers: cookie })
    : await fetch(`${house.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...cookie },
        body: JSON.stringify({ query }),
      })
  const { data } = await answer.json()
  return { status: answer.status, totals: pollIds.map((_, i): unknown => data?.[`p${i}`].total) }
}

/** As the admission script does when it admits a vote. */
function remember(house: DoorHouse, poll: PollRecord, voters: string, identity: string) {
  const key = house.voterKey(poll.keyVersion, poll.pollId, voters, identity)
  return house.redis.hset(redisKeys.memory(poll.pollId), key, '-')
}

const boxes = (['device', 'verified'] as const).map((voters) => ({
  ...{ boxId: voters, voters, limit: null, weight: 5_000 },
}))

test('VS4 who has voted, with the device or with the identity, sees the counts of that poll under after-vote', async () => {
  await using house = await openHouse({ visibility: 'after-vote', boxes })
  const other = newPoll({ visibility: 'after-vote', boxes })
  house.polls.put(other)
  await writeTally(house.redis, other.pollId, shard(1, [9, 0]))
  const both = [house.pollId, other.pollId]
  const id = 'a'.repeat(32)
  const { token } = house.sessions.verify(null, id)
  const session = house.sessions.read(token)
  if (!session.genuine) throw new Error('no session')

  expect(await ask(house, both, { token })).toEqual({ status: 200, totals: [null, null] })
  await remember(house, house.poll, 'device', session.voter.deviceId)
  await remember(house, other, 'verified', id)
  expect((await ask(house, both, { token })).totals).toEqual([2, 9])
  expect((await ask(house, both, { token, byGet: true })).totals).toEqual([2, 9])
  const inCapitals = both.map((pollId) => pollId.toUpperCase())
  expect((await ask(house, inCapitals, { token })).totals).toEqual([2, 9])
  // The same person from another device has no vote in the first.
  const elsewhere = house.sessions.verify(null, id)
  expect((await ask(house, both, { token: elsewhere.token })).totals).toEqual([null, 9])
  for (const none of [undefined, house.sessions.start(null).token, `${token}x`]) {
    expect((await ask(house, both, none === undefined ? {} : { token: none })).totals).toEqual([null, null])
  }
})

test('VS5 voters and others who ask the same are two audiences', async () => {
  await using house = await openHouse({ visibility: 'after-vote' })
  const { token } = house.sessions.start(null)
  const before = await stream(house, house.pollId, token)
  expect(await before()).toEqual(hidden(1))
  const session = house.sessions.read(token)
  if (session.genuine) await remember(house, house.poll, 'device', session.voter.deviceId)
  const after = await stream(house, house.pollId, token)
  expect(await after()).toMatchObject({ shows: 'counts', total: 2 })
  const stranger = await stream(house, house.pollId)
  expect(await stranger()).toEqual(hidden(1))
  await house.count(3)
  expect(await after()).toMatchObject({ version: 3, total: 4 })
  house.change({ state: 'closed' })
  for (const next of [before, after, stranger])
    expect(await next()).toMatchObject({ pollVersion: 2, total: 4 })
})

test.each([
  ['live', 'after-vote', { visibility: 'live' }, { visibility: 'after-vote' }],
  ['after-close', 'after-vote', { visibility: 'after-close' }, { visibility: 'after-vote' }],
  ['closed', 'open again', { visibility: 'after-vote', state: 'closed' }, { state: 'open' }],
] as const satisfies [string, string, Partial<PollRecord>, Partial<PollRecord>][])(
  'VS8 once it makes a difference who has voted, all but moderators come again and are judged: %s to %s',
  async (_from, _to, before, after) => {
    await using house = await openHouse(before)
    const { token } = house.sessions.start(null)
    const session = house.sessions.read(token)
    if (!session.genuine) throw new Error('no session')
    await remember(house, house.poll, 'device', session.voter.deviceId)
    const [voter, stranger, moderator] = [
      await stream(house, house.pollId, token),
      await stream(house, house.pollId),
      await stream(house, house.pollId, adminToken),
    ]
    for (const next of [voter, stranger, moderator]) await next()
    house.change(after)
    const [again, anew] = [await comeAgain(house, voter, token), await comeAgain(house, stranger)]
    expect(await again()).toMatchObject({ pollVersion: 2, shows: 'counts', total: 2 })
    expect(await anew()).toEqual(hidden(2))
    expect(await moderator()).toMatchObject({ pollVersion: 2, shows: 'counts' })
    // From here on the streams stay, whatever changes.
    house.change({ question: 'Which, then?' })
    for (const next of [again, moderator]) expect(await next()).toMatchObject({ pollVersion: 3, total: 2 })
    expect(await anew()).toEqual(hidden(3))
    house.change({ state: 'closed' })
    for (const next of [again, anew, moderator])
      expect(await next()).toMatchObject({ pollVersion: 4, total: 2 })
  },
)

test('VS9 a poll that is taken back to a draft is gone for all but moderators, open streams too', async () => {
  await using house = await openHouse({ state: 'scheduled' })
  const follow = async (field: string, token?: string) => {
    const its = await events(house, `${field}(pollId: "${house.pollId}") { pollId }`, token)
    return async (): Promise<unknown> => (await its.next()).value?.event
  }
  const strangers = [await follow('poll'), await follow('tally')]
  const moderators = [await follow('poll', adminToken), await follow('tally', adminToken)]
  for (const next of [...strangers, ...moderators]) expect(await next()).toBe('next')
  house.change({ state: 'draft' })
  for (const next of strangers) expect(await next()).toBe('complete')
  for (const next of moderators) expect(await next()).toBe('next')
})

test('VS6 only a poll in which voting makes a difference now is looked up, and a few of them at most', async () => {
  const polls = makePollBook()
  const looked: string[] = []
  const sessions = makeSessions({ secret: 'a secret of this test alone', liveForMs: 60_000, now: Date.now })
  const votedIn = makeVotedIn({
    ...{ polls, readSession: sessions.read },
    voterKey: (_, pollId) => pollId,
    hasVoted: async (pollId) => looked.push(pollId) > 0,
  })
  const { token } = sessions.start(null)
  const after = (state: PollRecord['state']) => newPoll({ visibility: 'after-vote', state })
  const free = [
    newPoll(),
    newPoll({ visibility: 'embargo' }),
    after('closed'),
    newPoll({ visibility: 'after-close' }),
  ]
  const dear = Array.from({ length: 30 }, () => after('open'))
  for (const poll of [...free, ...dear]) polls.put(poll)
  const text = (list: readonly PollRecord[]) => list.map(({ pollId }) => pollId).join(' ')
  expect([...(await votedIn(text(free), token)), looked]).toEqual([[]])
  expect([...(await votedIn(text(dear), null)), looked]).toEqual([[]])
  const [first] = dear
  const twice = `${first?.pollId} ${first?.pollId.toUpperCase()}`
  expect([...(await votedIn(twice, token))]).toEqual([first?.pollId])
  expect(looked).toEqual([first?.pollId])
  expect((await votedIn(text(dear), token)).size).toBe(20)
})

test('VS7 while nobody can say whether a reader has voted he hears "not now", not "nothing"', async () => {
  await using line = await openLine(redisUrl)
  await using house = await openDoorHouse({ redisUrls: { command: line.url } })
  const [poll, live] = [newPoll({ visibility: 'after-vote' }), newPoll()]
  for (const each of [poll, live]) house.polls.put(each)
  const { token } = house.sessions.start(null)
  line.cut()
  expect((await ask(house, [poll.pollId], { token })).status).toBe(503)
  // Those of whom nothing has to be known are answered from what is there.
  expect((await ask(house, [poll.pollId])).totals).toEqual([null])
  expect((await ask(house, [live.pollId], { token })).totals).toEqual([0])
})

test('VS10 while the memory is restored a voter hears "not now", and sees the counts when it stands', async () => {
  await using house = await openHouse({ visibility: 'after-vote' })
  const { token } = house.sessions.start(null)
  const session = house.sessions.read(token)
  if (session.genuine) await remember(house, house.poll, 'device', session.voter.deviceId)
  await house.redis.del(redisKeys.epoch)
  expect(await ask(house, [house.pollId], { token })).toMatchObject({ status: 503 })
  expect(await ask(house, [house.pollId])).toEqual({ status: 200, totals: [null] })
  await house.redis.set(redisKeys.epoch, 'another')
  expect(await ask(house, [house.pollId], { token })).toEqual({ status: 200, totals: [2] })
})
