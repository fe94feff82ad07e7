/** Rules of the typed client: which voteId a cast carries, what the device keeps of it, and what a bad line does. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { openDoorHouse, type DoorHouseOptions } from '../tests/door-house.ts'
import { makeUrnaClient, type ClientOptions } from './client.ts'
import type { VoteRefusal } from './refusals.ts'
import type { AskedVote, CastVote, Receipt, VoteAnswer } from './vote.ts'

const receipt = { batchId: uuidv7(), position: 0 }
const accept = ({ voteId }: CastVote): VoteAnswer => ({
  ...{ accepted: true, voteId, acceptedAt: new Date().toISOString(), remaining: 3, receipt },
})
const refuse =
  (reason: VoteRefusal, retryAt?: string) =>
  (_: CastVote): VoteAnswer => ({ accepted: false, reason, message: 'No.', ...(retryAt && { retryAt }) })

/** A client whose votes are answered in turn, the last answer for ever, and the votes that reached the ballot. */
async function openDevice(
  answers: ((vote: CastVote) => VoteAnswer)[],
  its: Partial<ClientOptions> & Pick<DoorHouseOptions, 'voteStatus'> = {},
) {
  const heard: CastVote[] = []
  const house = await openDoorHouse({
    ...(its.voteStatus && { voteStatus: its.voteStatus }),
    async castVote(vote) {
      heard.push(vote)
      return (answers.length > 1 ? answers.shift() : answers[0])?.(vote) ?? refuse('unavailable')(vote)
    },
  })
  const storage = new Map<string, string>()
  const client = makeUrnaClient({
    ...{ trpcUrl: `${house.url}/trpc`, storage: storageOf(storage), giveUpAfterMs: 0, ...its },
  })
  return { client, storage, heard, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

const storageOf = (map: Map<string, string>) => ({
  getItem: (key: string) => map.get(key) ?? null,
  setItem: (key: string, value: string) => void map.set(key, value),
  removeItem: (key: string) => void map.delete(key),
})
const voteIds = (heard: readonly CastVote[]) => heard.map(({ voteId }) => voteId)

test('CL1 another vote is a new one once the last was accepted, and the same one, sent again, until then', async () => {
  await using device = await openDevice([refuse('queue-full'), accept])
  const choice = { pollId: uuidv7(), optionId: 'a', box: 'fans', another: true }
  expect(await device.client.cast(choice)).toMatchObject({ reason: 'queue-full' })
  for (let votes = 0; votes < 3; votes++) expect((await device.client.cast(choice)).accepted).toBe(true)
  const [unclear, first, second, third] = voteIds(device.heard)
  expect(first).toBe(unclear)
  expect(new Set([first, second, third]).size).toBe(3)
  // Without the wish for another one a cast repeats the vote that stands.
  expect(await device.client.cast({ ...choice, another: false })).toMatchObject({ voteId: third })
  expect(device.client.keptVote({ pollId: choice.pollId, box: 'fans' })).toMatchObject({
    voteId: third,
    receipt,
  })
})

test('CL2 two taps for another vote at the same moment are one vote', async () => {
  await using device = await openDevice([accept])
  const choice = { pollId: uuidv7(), optionId: 'a', another: true }
  await device.client.cast(choice)
  await Promise.all([device.client.cast(choice), device.client.cast(choice)])
  const [first, left, right] = voteIds(device.heard)
  expect(left).toBe(right)
  expect(left).not.toBe(first)
})

test('CL3 each ballot box of a poll has its own kept vote, and a refusal in one leaves the others', async () => {
  await using device = await openDevice([accept, accept, refuse('limit-reached')])
  const pollId = uuidv7()
  await device.client.cast({ pollId, optionId: 'a', box: 'verified' })
  await device.client.cast({ pollId, optionId: 'b', box: 'fans' })
  const kept = () => ['verified', 'fans'].map((box) => device.client.keptVote({ pollId, box }))
  const before = kept()
  expect(before).toMatchObject([
    { box: 'verified', optionId: 'a', receipt },
    { box: 'fans', optionId: 'b', receipt },
  ])
  await device.client.cast({ pollId, optionId: 'c', box: 'fans' })
  await device.client.cast({ pollId, optionId: 'c', box: 'third' })
  expect(kept()).toEqual(before)
  expect(device.client.keptVote({ pollId, box: 'third' })).toBeNull()
})

test('CL4 what an earlier version kept is found, finished under its voteId, and stays beside other boxes', async () => {
  await using device = await openDevice([accept])
  const [plain, boxed] = [uuidv7(), uuidv7()]
  const [inFlight, accepted] = [
    { voteId: uuidv7(), optionId: 'a' },
    { voteId: uuidv7(), optionId: 'a' },
  ]
  device.storage.set(`urna.vote.${plain}`, JSON.stringify(inFlight))
  device.storage.set(`urna.vote.${boxed}`, JSON.stringify({ ...accepted, box: 'fans', receipt }))
  expect(device.client.keptVote({ pollId: plain })).toEqual(inFlight)
  expect(device.client.keptVote({ pollId: plain, box: 'audience' })).toEqual(inFlight)
  expect(device.client.keptVote({ pollId: boxed, box: 'fans' })).toMatchObject(accepted)
  expect(device.client.keptVote({ pollId: boxed, box: 'verified' })).toBeNull()

  await device.client.cast({ pollId: plain, optionId: 'a', box: 'audience' })
  await device.client.cast({ pollId: boxed, optionId: 'b', box: 'verified' })
  await device.client.cast({ pollId: boxed, optionId: 'a', box: 'fans' })
  expect([device.heard[0]?.voteId, device.heard[2]?.voteId]).toEqual([inFlight.voteId, accepted.voteId])
  expect(device.client.keptVote({ pollId: plain, box: 'audience' })).toMatchObject({ ...inFlight, receipt })
  expect(device.client.keptVote({ pollId: boxed, box: 'verified' })).toMatchObject({ optionId: 'b' })
  expect(device.client.keptVote({ pollId: boxed, box: 'fans' })).toMatchObject(accepted)
  device.storage.set(`urna.vote.${plain}`, '{"half')
  expect(device.client.keptVote({ pollId: plain })).toBeNull()
})

test('CL5 a limit that is reached is answered at once, and the vote before it stays kept', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  await using device = await openDevice([accept, refuse('limit-reached', inAnHour)], {
    giveUpAfterMs: 60_000,
  })
  const choice = { pollId: uuidv7(), optionId: 'a', another: true }
  await device.client.cast(choice)
  const kept = device.client.keptVote(choice)
  expect(await device.client.cast(choice)).toMatchObject({ reason: 'limit-reached', retryAt: inAnHour })
  expect(device.heard).toHaveLength(2)
  expect(device.client.keptVote(choice)).toEqual(kept)
})

test('CL6 a refusal of one vote does not forget another that was cast meanwhile', async () => {
  let answerFirst = (_: VoteAnswer) => {}
  const first = new Promise<VoteAnswer>((resolve) => (answerFirst = resolve))
  let calls = 0
  await using house = await openDoorHouse({
    castVote: async (vote) => (++calls === 1 ? first : accept(vote)),
  })
  const client = makeUrnaClient({ trpcUrl: `${house.url}/trpc` })
  const pollId = uuidv7()
  const early = client.cast({ pollId, optionId: 'a' })
  while (calls === 0) await new Promise(setImmediate)
  await client.cast({ pollId, optionId: 'b' })
  answerFirst({ accepted: false, reason: 'limit-reached', message: 'No.' })
  await early
  expect(client.keptVote({ pollId })).toMatchObject({ optionId: 'b', receipt })
})

test('CL7 a vote without an answer outlives another of the same box, and is forgotten once it is answered', async () => {
  await using device = await openDevice([refuse('queue-full'), refuse('queue-full'), accept])
  const where = { pollId: uuidv7(), box: 'fans' }
  await device.client.cast({ ...where, optionId: 'a', another: true })
  await device.client.cast({ ...where, optionId: 'b', another: true })
  const [a, b] = device.client.unansweredVotes(where)
  expect([a?.optionId, b?.optionId]).toEqual(['a', 'b'])
  for (const vote of [a, b])
    if (vote !== undefined)
      await device.client.cast({ ...where, voteId: vote.voteId, optionId: vote.optionId })
  expect(voteIds(device.heard).slice(2)).toEqual([a?.voteId, b?.voteId])
  expect(device.client.unansweredVotes(where)).toEqual([])
  expect(device.client.keptVote(where)).toMatchObject({ optionId: 'b', receipt })
})

test('CL8 the vote of a verified person is kept for that person alone', async () => {
  await using device = await openDevice([accept])
  const where = { pollId: uuidv7(), box: 'verified', voters: 'verified' } as const
  const become = (person: string) => device.storage.set('urna.person', JSON.stringify(person))
  become('ana')
  await device.client.cast({ ...where, optionId: 'a' })
  become('bia')
  expect(device.client.keptVote(where)).toBeNull()
  await device.client.cast({ ...where, optionId: 'a' })
  const [ofAna, ofBia] = voteIds(device.heard)
  expect(ofBia).not.toBe(ofAna)
  become('ana')
  expect(device.client.keptVote(where)).toMatchObject({ voteId: ofAna })
})

/** Casts over a line whose first connection meets `fate`; answers how many there were, and what was heard and done. */
async function castOverBadLine(fate: (socket: Socket) => void, answerWithinMs?: number) {
  await using house = await openDoorHouse()
  const client = makeUrnaClient({ trpcUrl: `${house.url}/trpc` })
  await client.startSession()
  const storage = new Map([['urna.session', JSON.stringify(client.session())]])
  let calls = 0
  const sockets: Socket[] = []
  const line = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    if (++calls === 1) return fate(socket)
    const door = connect(house.port, '127.0.0.1')
    door.on('error', () => undefined)
    socket.pipe(door).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(line, 'listening')
  const address = line.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const behind = makeUrnaClient({
    trpcUrl: `http://127.0.0.1:${port}/trpc`,
    ...(answerWithinMs !== undefined && { answerWithinMs }),
    storage: storageOf(storage),
  })
  const voteId = uuidv7()
  const answer = await behind.cast({ pollId: uuidv7(), optionId: 'a', voteId })
  expect(answer).toMatchObject({ accepted: false, reason: 'poll-closed' }) // the ballot's own word
  expect(house.reached).toEqual(['session.start', `vote.cast ${voteId}`])
  for (const socket of sockets) socket.destroy()
  line.close()
  return calls
}

test('D15 a client that an overloaded server did not wait for sends the same vote again', async () => {
  // What Node's own server says when a request has not come in time. Once its first bytes are here: an answer that
  // comes before them would be taken for a connection that broke.
  const tooLate = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'
  const calls = await castOverBadLine((socket) => void socket.once('data', () => socket.end(tooLate)))
  expect(calls).toBe(2)
})

test('D16 a client whose connection has died without a word sends the same vote again', async () => {
  expect(await castOverBadLine(() => undefined, 500)).toBeGreaterThan(1)
})

const whole: Receipt = {
  ...receipt,
  ...{ path: `l${'A'.repeat(43)}`, signature: 'B'.repeat(86), keyId: 'C'.repeat(16) },
}
const acceptWith =
  (its: Receipt) =>
  (vote: CastVote): VoteAnswer =>
    ({ ...accept(vote), receipt: its }) as VoteAnswer

test('CL9 a signed receipt stays when the same vote hears its place alone, and is replaced by another place', async () => {
  const elsewhere = { ...receipt, position: 1 }
  await using device = await openDevice([whole, receipt, elsewhere].map(acceptWith))
  const choice = { pollId: uuidv7(), optionId: 'a' }
  const kept = () => device.client.keptVote(choice)?.receipt
  for (const expected of [whole, whole, elsewhere]) {
    expect((await device.client.cast(choice)).accepted).toBe(true)
    expect(kept()).toEqual(expected)
  }
  expect(new Set(voteIds(device.heard)).size).toBe(1)
})

test('CL10 what vote.status adds to a receipt is kept, of that very vote and place only', async () => {
  const asked: AskedVote[] = []
  const told = [{ ...whole, position: 9 }, whole, receipt]
  await using device = await openDevice([accept], {
    voteStatus(its) {
      asked.push(its)
      const next = told.shift()
      return { state: 'counted', ...(next && { receipt: next }) }
    },
  })
  const choice = { pollId: uuidv7(), optionId: 'a' }
  await device.client.cast(choice)
  const kept = () => device.client.keptVote(choice)?.receipt
  const ask = () => {
    const { voteId = '', receipt: its } = device.client.keptVote(choice) ?? {}
    return device.client.voteStatus({ pollId: choice.pollId, voteId, ...(its && { receipt: its }) })
  }
  for (const expected of [receipt, whole, whole, whole]) {
    expect(await ask()).toMatchObject({ state: 'counted' })
    expect(kept()).toEqual(expected)
  }
  expect(asked.map((its) => its.receipt)).toEqual([receipt, receipt, whole, whole])
  expect(new Set(asked.map(({ voteId }) => voteId))).toEqual(new Set(voteIds(device.heard)))
})
