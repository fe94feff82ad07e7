/** Verified voters through the HTTP door: one vote for each person, and no trace of who they are. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeUrnaClient, type UrnaClient } from '../contracts/client.ts'
import type { Poll } from '../contracts/poll.ts'
import type { VoteAnswer } from '../contracts/vote.ts'
import { makeSessions } from '../gateway/sessions/session-tokens.ts'
import { makeTestIdentity } from '../gateway/sessions/test-identity.ts'
import { bare } from './bare-receipt.ts'
import { storedVotes, untilCounted } from './counts.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'

const testSecret = 'a test identity secret that only tests know'
const env = { TEST_IDENTITY_SECRET: testSecret, LOG_LEVEL: 'trace' }
// Words that stand nowhere else: whatever holds one of them holds an identity.
const names = { ana: 'Anacleta Quixabeira', bia: 'Bia Quixabeira', caio: 'Caio Quixabeira' }
const tokenOf = (name: string) => makeTestIdentity(testSecret, name)

let house: House
let doors: readonly [Door, Door]
beforeAll(async () => {
  house = await startHouse({ kafka: true })
  doors = [await house.gateway({ env }), await house.gateway({ env })]
  await house.workers({ env: { LOG_LEVEL: 'trace' } })
})
afterAll(() => house[Symbol.asyncDispose]())

/** One verified vote beside seven a minute for any device. */
async function openFinal(): Promise<Poll> {
  const { trpc } = adminAt(doors[0])
  const { pollId } = await trpc.admin.createPoll.mutate({
    question: `Who wins? ${uuidv7()}`,
    options: ['Dandara', 'Elis'],
    boxes: [
      { boxId: 'verified', voters: 'verified', limit: { votes: 1, perSeconds: null }, weight: 7_000 },
      { boxId: 'fans', voters: 'device', limit: { votes: 2, perSeconds: 3_600 }, weight: 3_000 },
    ],
  })
  const poll = await trpc.admin.openPoll.mutate({ pollId })
  // The other gateway has heard of it.
  await until('known at both doors', async () =>
    adminAt(doors[1])
      .trpc.poll.byId.query({ pollId })
      .then(({ state }) => state === 'open'),
  )
  return poll
}

async function deviceOf(name: string, door = doors[0]): Promise<UrnaClient> {
  const client = voterAt(door)
  await client.verify(tokenOf(name))
  return client
}

const voteIn = (poll: Poll, box: string, optionId = 'dandara') => ({
  ...{ pollId: poll.pollId, optionId, box, voteId: uuidv7() },
})
const voterOf = ({ token }: { token: string }) => {
  const secret = secrets.SESSION_SECRET
  const read = makeSessions({ secret, liveForMs: 1, now: Date.now }).read(token)
  if (!read.genuine) throw new Error(read.reason)
  return read.voter
}

/** A call as any HTTP client makes it. */
async function post(procedure: string, body: unknown, token?: string) {
  const response = await fetch(`${doors[0].trpcUrl}/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  const { result, error } = await response.json()
  return {
    status: response.status,
    data: result?.data,
    reason: error?.data.reason,
    faults: error?.data.faults,
    retryAfter: response.headers.get('retry-after'),
    cookie: response.headers.get('set-cookie'),
  }
}

describe('a verified ballot box', () => {
  it('ID1 takes one vote of a person, however many devices and doors they come with at the same moment', async () => {
    const poll = await openFinal()
    const devices = await Promise.all([0, 1, 2, 3].map((i) => deviceOf(names.ana, doors[i % 2])))
    const votes = devices.map(() => voteIn(poll, 'verified'))
    const answers = await Promise.all(devices.map((device, i) => device.cast(votes[i]!)))
    const accepted = answers.findIndex((answer) => answer.accepted)
    expect(answers.filter((answer) => answer.accepted)).toHaveLength(1)
    expect(answers.filter((a) => !a.accepted && a.reason === 'already-voted')).toHaveLength(3)

    // The vote is the person's: it is a repeat from another device, with the same place, and found from there.
    const other = devices[(accepted + 1) % 4]!
    expect(bare(await other.cast(votes[accepted]!))).toEqual(bare(answers[accepted]!))
    const { pollId, voteId } = votes[accepted]!
    await until('counted', async () => {
      const { state } = await other.trpc.vote.status.query({ pollId, voteId })
      return state === 'counted'
    })
    expect((await other.allowance(pollId)).boxes[0]).toMatchObject({ boxId: 'verified', remaining: 0 })

    expect(await (await deviceOf(names.bia)).cast(voteIn(poll, 'verified', 'elis'))).toMatchObject({
      accepted: true,
      remaining: 0,
    })
    await untilCounted(house, pollId, 2)
    expect(await storedVotes(house, pollId)).toHaveLength(2)
  })

  it('ID2 asks a device that nobody vouches for to verify, and several boxes ask for a name', async () => {
    const poll = await openFinal()
    const { token } = await voterAt(doors[0]).startSession()
    const told = async (vote: object) => {
      const { status, data } = await post('vote.cast', vote, token)
      return [status, (data as VoteAnswer & { reason?: string }).reason]
    }
    const { box: _, ...unnamed } = voteIn(poll, 'fans')
    expect(await told(voteIn(poll, 'verified'))).toEqual([403, 'identity-needed'])
    expect(await told(unnamed)).toEqual([400, 'box-needed'])
    expect(await told(voteIn(poll, 'jury'))).toEqual([404, 'unknown-box'])
    expect(await told(voteIn(poll, 'fans', 'nobody'))).toEqual([404, 'unknown-option'])
    expect(await told(voteIn(poll, 'fans'))).toEqual([200, undefined])
  })

  it('ID3 stands beside the box for any device: verifying costs no vote there, and wins none', async () => {
    const poll = await openFinal()
    const client = voterAt(doors[0])
    await client.startSession()
    const before = voterOf(client.session()!)
    expect(await client.cast(voteIn(poll, 'fans'))).toMatchObject({ accepted: true, remaining: 1 })
    const boxes = async () => (await client.allowance(poll.pollId)).boxes
    expect(await boxes()).toMatchObject([
      { boxId: 'verified', mayVote: false },
      { boxId: 'fans', mayVote: true, remaining: 1 },
    ])
    // A renewal at the same moment does not undo it.
    await Promise.all([client.verify(tokenOf(names.caio)), client.startSession()])
    expect(voterOf(client.session()!)).toMatchObject({ deviceId: before.deviceId })
    expect(await boxes()).toMatchObject([
      { boxId: 'verified', mayVote: true, remaining: 1 },
      { boxId: 'fans', mayVote: true, remaining: 1 },
    ])
    expect(await client.cast(voteIn(poll, 'verified'))).toMatchObject({ accepted: true, remaining: 0 })
    expect(await client.cast(voteIn(poll, 'fans'))).toMatchObject({ accepted: true, remaining: 0 })
  })
})

describe('an identity', () => {
  it('ID4 that nobody here vouches for is refused in clear words, and leaves the session as it was', async () => {
    const { token } = await voterAt(doors[0]).startSession()
    const good = tokenOf(names.ana)
    const [kind = '', name = '', mac = ''] = good.split('.')
    const refused = { status: 401, reason: 'identity-refused', cookie: null }
    for (const identityToken of [
      ...[good.slice(0, -1), good.slice(1), `${kind}.${name}`, `${kind}..${mac}`, `${good}.${mac}`],
      ...[
        makeTestIdentity(`${testSecret}!`, names.ana),
        tokenOf(''),
        tokenOf(names.bia).replace(/[^.]+$/, mac),
      ],
      ...[token, names.ana, '\u0000', 'x'.repeat(2_000), '{"alg":"none"}', 'e30.e30.'],
    ])
      expect(await post('session.verify', { identityToken }, token), identityToken).toMatchObject(refused)
    for (const body of [
      ...[{}, { identityToken: '' }, { identityToken: 7 }, { identityToken: `${good}${'x'.repeat(2_000)}` }],
      ...[{ identityToken: good, deviceId: 'mine' }, [good], good, null],
    ])
      expect(await post('session.verify', body, token)).toMatchObject({ status: 400, reason: 'bad-input' })
    expect(voterOf({ token })).toMatchObject({ verifiedId: null })
    // A session that is forged or missing is none: the identity stands for itself.
    for (const session of [undefined, 'forged', `${token}x`]) {
      const { status, data } = await post('session.verify', { identityToken: good }, session)
      expect([status, voterOf(data).verifiedId]).toEqual([200, expect.stringMatching(/^[0-9a-f]{32}$/)])
    }
  })

  it('ID5 for trying out is refused in production: with its secret no gateway starts, without it no token counts', async () => {
    await expect(house.gateway({ env: { ...env, NODE_ENV: 'production' } })).rejects.toThrow(
      'TEST_IDENTITY_SECRET: must not be set in production',
    )
    const door = await house.gateway({ env: { NODE_ENV: 'production' } })
    await expect(voterAt(door).verify(tokenOf(names.ana))).rejects.toMatchObject({
      data: { httpStatus: 401, reason: 'identity-refused' },
    })
  })

  it('ID6 ends with its session, whose device stays', async () => {
    const poll = await openFinal()
    const ended = makeSessions({
      ...{ secret: secrets.SESSION_SECRET, liveForMs: 1_000 },
      now: () => Date.now() - 60_000,
    })
    const token = ended.verify(null, 'ab'.repeat(16))
    const storage = new Map([['urna.session', JSON.stringify(token)]])
    const client = makeUrnaClient({
      trpcUrl: doors[0].trpcUrl,
      storage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      },
    })
    // The client renews it by itself, here for a question and below for a vote.
    expect((await client.allowance(poll.pollId)).boxes).toMatchObject([{ mayVote: false }, { mayVote: true }])
    expect(Buffer.from(client.session()!.token, 'base64url').subarray(0, 16)).toEqual(
      Buffer.from(token.token, 'base64url').subarray(0, 16),
    )
    storage.set('urna.session', JSON.stringify(token))
    expect(await client.cast(voteIn(poll, 'verified'))).toMatchObject({ reason: 'identity-needed' })
  })
})

it('ID7 a limit says when the next vote is possible, in its answer and in Retry-After', async () => {
  const poll = await openFinal()
  const { token } = await voterAt(doors[0]).startSession()
  const cast = () => post('vote.cast', voteIn(poll, 'fans'), token)
  const first = await cast()
  await cast()
  const { status, data, retryAfter } = await cast()
  const retryAt = Date.parse(first.data.acceptedAt) + 3_600_000
  expect([status, data]).toEqual([
    429,
    {
      ...{ accepted: false, reason: 'limit-reached', retryAt: new Date(retryAt).toISOString() },
      message: 'You have no vote left in this ballot box.',
    },
  ])
  expect(Number(retryAfter)).toBeGreaterThan(3_300)
  expect(Number(retryAfter)).toBeLessThanOrEqual(3_600)
})

it('ID8 nothing that is stored, sent on or logged names a person who voted', async () => {
  const poll = await openFinal()
  const client = await deviceOf(names.ana)
  const vote = voteIn(poll, 'verified')
  expect(await client.cast(vote)).toMatchObject({ accepted: true })
  await untilCounted(house, poll.pollId, 1)
  await until(
    'emitted',
    async () => (await house.rows('select from ledger where emitted_at is null')).length === 0,
  )
  const [row] = await house.rows<{ data_directory: string }>('show data_directory')
  const { verifiedId } = voterOf(client.session()!)
  const traces: (string | Buffer)[] = Object.values(names).flatMap((name) => [
    ...[name, name.split(' ')[0]!, tokenOf(name).split('.')[1]!, tokenOf(name).split('.')[2]!],
    ...[Buffer.from(name).toString('hex'), Buffer.from(name).toString('base64').slice(0, 12)],
  ])
  traces.push('Quixabeira', verifiedId!, Buffer.from(verifiedId!, 'hex'), client.session()!.token)
  // What must be found if the search sees anything at all: the vote in every store, the warning in a log.
  const marks = new Map([
    [row!.data_directory, vote.voteId],
    [join(house.servicesDir, 'redis'), vote.voteId],
    [join(house.servicesDir, 'kafka'), vote.voteId],
    [join(house.dataDir, 'logs'), 'test identities are taken'],
    [join(house.servicesDir, 'logs'), 'database system is ready'],
  ])
  for (const [folder, mark] of marks) {
    let isMarked = false
    for (const bytes of filesBelow(folder)) {
      isMarked ||= bytes.includes(mark)
      expect(
        traces.filter((trace) => bytes.includes(trace)),
        folder,
      ).toEqual([])
    }
    expect(isMarked, folder).toBe(true)
  }
})

/** What each file below a folder holds; one that goes while we read was not to be kept. */
function* filesBelow(folder: string): Generator<Buffer> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    try {
      yield readFileSync(join(entry.parentPath, entry.name))
    } catch (fault) {
      if (!(fault instanceof Error && 'code' in fault && fault.code === 'ENOENT')) throw fault
    }
  }
}
