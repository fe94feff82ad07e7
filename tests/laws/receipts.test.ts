/** The laws of the receipt: what a voter was told can be checked by anyone, from the answer to the anchor. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { checkProof, type OwnVote } from '../../contracts/check-proof.ts'
import type { UrnaClient } from '../../contracts/client.ts'
import type { LedgerContent } from '../../contracts/ledger.ts'
import { followPath } from '../../contracts/merkle.ts'
import type { Poll, Visibility } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { keySetShape, keysPath, type KeySet } from '../../contracts/signing.ts'
import type { Receipt, VoteStatus } from '../../contracts/vote.ts'
import { untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'
import { insertAnchor } from '../insert-anchor.ts'
import { aKey, keyIdOf, nodeTools } from '../made-proof.ts'
import { leafHash, nodeHash } from '../rfc9162.ts'
import { merkleRoot } from '../row-hash.ts'

const options = ['samba', 'forro', 'frevo'] as const
// What the house signs with: see house.ts.
const houseKey = aKey(7)

let house: House
let door: Door
let otherDoor: Door
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  otherDoor = await house.gateway()
  await house.workers()
})
afterAll(() => house[Symbol.asyncDispose]())

const keysAt = async ({ url }: Door): Promise<KeySet> =>
  keySetShape.parse(await (await fetch(`${url}${keysPath}`)).json())

interface Cast {
  readonly voter: UrnaClient
  readonly own: OwnVote
  readonly acceptedAt: string
}

/** A vote by somebody new, or by this voter. */
async function castOne(
  { pollId }: Poll,
  its: { optionId?: string; voter?: UrnaClient; voteId?: string; at?: Door } = {},
): Promise<Cast> {
  const { optionId = 'samba', voter = voterAt(its.at ?? door), voteId = uuidv7() } = its
  const answer = await voter.cast({ pollId, optionId, voteId })
  if (!answer.accepted) throw new Error(answer.reason)
  const { receipt, acceptedAt } = answer
  return { voter, acceptedAt, own: { pollId, box: 'audience', optionId, voteId, receipt } }
}

/** As at that door, with the session of this voter. */
async function statusOf({ voter, own }: Cast, at = door, receipt?: Receipt): Promise<VoteStatus> {
  const asked = { pollId: own.pollId, voteId: own.voteId, ...(receipt && { receipt }) }
  const url = `${at.trpcUrl}/vote.status?input=${encodeURIComponent(JSON.stringify(asked))}`
  const response = await fetch(url, { headers: { authorization: `Bearer ${voter.session()?.token}` } })
  const { result } = (await response.json()) as { result: { data: VoteStatus } }
  return result.data
}
const settled = (cast: Cast, at = door, receipt?: Receipt) =>
  until('no more queued', async () => {
    const status = await statusOf(cast, at, receipt)
    return status.state !== 'queued' && status
  })

const stepsOf = (own: OwnVote, { proof, state }: Partial<VoteStatus>, keys: KeySet) =>
  checkProof(own, { proof: proof ?? null, state }, keys, nodeTools)
const all = ['holds', 'holds', 'holds', 'holds', 'holds', 'holds']
const unanchored = ['holds', 'holds', 'holds', 'holds', 'open', 'open']
const promised = ['holds', 'holds', 'open', 'open', 'open', 'open']
const resultsOf = ({ steps }: ReturnType<typeof stepsOf>) => steps.map(({ result }) => result)

const openPoll = async (visibility: Visibility): Promise<Poll> => {
  const { trpc } = adminAt(door)
  const { pollId } = await trpc.admin.createPoll.mutate({
    ...{ question: `Which dance? ${uuidv7()}`, options: [...options], visibility },
  })
  return trpc.admin.openPoll.mutate({ pollId })
}

describe('a receipt', () => {
  it('RV1 of a vote that was just accepted is signed by a published key, and leads to nothing but that vote', async () => {
    const poll = await house.openPoll(door)
    const { own } = await castOne(poll)
    const keys = await keysAt(door)
    expect(resultsOf(stepsOf(own, {}, keys))).toEqual(promised)
    for (const wrong of [{ optionId: 'forro' }, { voteId: uuidv7() }, { box: 'fans' }, { pollId: uuidv7() }])
      expect(stepsOf({ ...own, ...wrong }, {}, keys).failed).toBe('receipt')
  })

  it("RV2 of any vote in groups of several polls, with repeats and refusals between them, holds; the ledger's roots are the same", async () => {
    const polls = await Promise.all([1, 2, 3].map(() => house.openPoll(door)))
    const voters = Array.from({ length: 40 }, () => voterAt(door))
    await Promise.all(voters.map((voter) => voter.startSession()))
    const casts: Promise<Cast>[] = []
    const refused: Promise<unknown>[] = []
    for (const [i, voter] of voters.entries()) {
      for (const poll of polls) {
        const its = { voter, voteId: uuidv7(), optionId: options[i % 3] ?? '' }
        casts.push(castOne(poll, its))
        // The same again, at the same moment; and another one, which is one too many.
        if (i % 3 === 0) casts.push(castOne(poll, its))
        if (i % 4 === 0)
          refused.push(
            voter.trpc.vote.cast.mutate({ pollId: poll.pollId, optionId: 'forro', voteId: uuidv7() }),
          )
      }
    }
    const heard = await Promise.all(casts)
    await Promise.all(refused)
    const keys = await keysAt(door)
    for (const { own } of heard) expect(resultsOf(stepsOf(own, {}, keys))).toEqual(promised)
    // Twice the same vote: the same words.
    const words = new Map(heard.map((cast) => [cast.own.voteId, cast]))
    for (const { own, acceptedAt } of heard)
      expect({ own, acceptedAt }).toEqual({
        own: words.get(own.voteId)?.own,
        acceptedAt: words.get(own.voteId)?.acceptedAt,
      })

    const pollIds = polls.map(({ pollId }) => pollId)
    const rows = await until('all counted', async () => {
      const found = await house.rows<{ content: Buffer }>(
        'select content from ledger join polls using (poll_no) where poll_id = any($1)',
        [pollIds],
      )
      const contents = found.map(({ content }) => JSON.parse(content.toString()) as LedgerContent)
      return contents.reduce((sum, { votes }) => sum + votes.length, 0) >= words.size && contents
    })
    for (const { own } of heard) {
      const { batchId, position, path = '' } = own.receipt
      const row = rows.find((its) => its.batchId === batchId && its.pollId === own.pollId)
      const leaf = JSON.stringify([position, own.voteId, own.box, own.optionId])
      const root = followPath(leafHash(leaf), path, { node: nodeHash }, (text) =>
        Buffer.from(text, 'base64url'),
      )
      expect(Buffer.from(root ?? [])).toEqual(
        merkleRoot((row?.votes ?? []).map((its) => JSON.stringify(its))),
      )
    }
    // It was what it says: batches of several polls, and of several votes of one.
    const perBatch = rows.map(({ batchId }) => rows.filter((its) => its.batchId === batchId).length)
    expect(Math.max(...perBatch)).toBeGreaterThan(1)
    expect(Math.max(...rows.map(({ votes }) => votes.length))).toBeGreaterThan(2)
  })

  it('RV3 is heard again to the byte at the same gateway; another one knows the place, and vote.status the rest', async () => {
    const poll = await house.openPoll(door)
    const cast = await castOne(poll)
    const { pollId, optionId, voteId, receipt } = cast.own
    const repeat = async (at: Door) => {
      const response = await fetch(`${at.trpcUrl}/vote.cast`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${cast.voter.session()?.token}`,
        },
        body: JSON.stringify({ pollId, optionId, voteId }),
      })
      return response.text()
    }
    const here = await repeat(door)
    expect(await repeat(door)).toBe(here)
    expect(JSON.parse(here)).toMatchObject({ result: { data: { receipt } } })
    expect(Object.keys(receipt)).toEqual(['batchId', 'position', 'path', 'signature', 'keyId'])
    const { batchId, position } = receipt
    const there = JSON.parse(await repeat(otherDoor)) as { result: { data: { receipt: Receipt } } }
    expect(there.result.data.receipt).toEqual({ batchId, position })
    expect((await statusOf(cast, otherDoor)).receipt).toEqual(receipt)
    await settled(cast)
    expect((await statusOf(cast, otherDoor)).receipt).toEqual(receipt)
  })

  it('RV4 of each of two gateways with keys of their own holds by what either of them publishes, and still after one is gone', async () => {
    const newKey = Buffer.alloc(32, 8)
    const rotated = await house.gateway({ env: { SIGNING_KEY: newKey.toString('base64url') } })
    const poll = await house.openPoll(door)
    await until('known there', async () => {
      const { trpc } = voterAt(rotated)
      return (await trpc.poll.byId.query({ pollId: poll.pollId })).state === 'open'
    })
    const [before, after] = [await castOne(poll), await castOne(poll, { at: rotated })]
    expect([before, after].map(({ own }) => own.receipt.keyId)).toEqual([keyIdOf(houseKey), keyIdOf(aKey(8))])
    const published = async (at: Door) =>
      until('both keys', async () => {
        const keys = await keysAt(at)
        return keys.keys.length >= 2 && keys
      })
    const sets = await Promise.all([door, rotated].map(published))
    await rotated.process.stop()
    sets.push(await published(door))
    for (const keys of sets) {
      for (const { own } of [before, after]) expect(resultsOf(stepsOf(own, {}, keys))).toEqual(promised)
    }
  })
})

describe('the public keys', () => {
  it('RV5 are for every page and every cache, and only to be read', async () => {
    const response = await fetch(`${door.url}${keysPath}`, { headers: { origin: 'https://anyone.example' } })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=60',
      'content-type': 'application/jwk-set+json',
    })
    const { keys } = keySetShape.parse(await response.json())
    const x = houseKey.publicKey.toString('base64url')
    expect(keys).toContainEqual({ kty: 'OKP', crv: 'Ed25519', use: 'sig', kid: keyIdOf(houseKey), x })
    expect((await fetch(`${door.url}${keysPath}`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${door.url}${keysPath}`, { method: 'HEAD' })).status).toBe(200)
  })
})

describe('vote.status', () => {
  it('RV12 of a vote that waits has its whole receipt, at a gateway that never saw it', async () => {
    const poll = await house.openPoll(door)
    await using letting = new AsyncDisposableStack()
    const held = await house.holdRow('select from shard_heads for update')
    // Also where this fails: a worker that stands would fail all that follow.
    letting.defer(held.letGo)
    const cast = await castOne(poll)
    const { receipt } = cast.own
    for (const at of [door, otherDoor]) expect(await statusOf(cast, at)).toEqual({ state: 'queued', receipt })
    const passerBy = voterAt(door)
    await passerBy.startSession()
    expect(await statusOf({ ...cast, voter: passerBy }, otherDoor, receipt)).toEqual({
      state: 'queued',
      receipt,
    })
    expect(await statusOf({ ...cast, voter: passerBy }, otherDoor)).toEqual({ state: 'unknown' })
    await letting.disposeAsync()
    expect(await settled(cast)).toMatchObject({ state: 'counted', receipt })
  })

  it('RV6 of a vote that is counted proves it: without an anchor yet, then behind the first that covers it', async () => {
    const poll = await house.openPoll(door)
    const keys = await keysAt(door)
    const anchors: (number | undefined)[] = []
    const casts: Cast[] = []
    for (let round = 1; round <= 5; round++) {
      const cast = await castOne(poll)
      await untilCounted(house, poll.pollId, round)
      casts.push(cast)
      const status = await statusOf(cast)
      expect(status).toMatchObject({ state: 'counted', receipt: cast.own.receipt, proof: { anchor: null } })
      expect(resultsOf(stepsOf(cast.own, status, keys))).toEqual(unanchored)
      // The second anchor covers two votes.
      if (round !== 2) await insertAnchor(house, poll.pollId, houseKey)
    }
    for (const cast of casts) {
      const checked = await until('anchored', async () => {
        const its = stepsOf(cast.own, await statusOf(cast), keys)
        expect(its.failed).toBeNull()
        return its.anchor !== null && its
      })
      expect(resultsOf(checked)).toEqual(all)
      anchors.push(checked.anchor?.anchorNo)
    }
    expect(anchors).toEqual([1, 2, 2, 3, 4])
    // By its receipt alone it is proven to whoever shows it, as the counts of this poll are for all to see.
    const passerBy = voterAt(door)
    await passerBy.startSession()
    const [first] = casts
    if (first === undefined) throw new Error('no vote')
    const shown = await statusOf({ ...first, voter: passerBy }, door, first.own.receipt)
    expect(resultsOf(stepsOf(first.own, shown, keys))).toEqual(all)
  })

  it('RV7 names what became of a repeat and of one refused, and proves that, too; each by the receipt that is shown', async () => {
    const poll = await house.openPoll(door)
    const keys = await keysAt(door)
    const forget = () => house.redis.del(redisKeys.memory(poll.pollId))
    const first = await castOne(poll)
    await untilCounted(house, poll.pollId, 1)
    const { batchId, position } = first.own.receipt
    const of = { batchId, position }
    await forget()
    // A memory that has forgotten takes the same vote once more, and another one of the same voter.
    const { voter } = first
    const again = await castOne(poll, { voter, voteId: first.own.voteId })
    expect(again.own.receipt.batchId).not.toBe(batchId)
    const repeat = await settled(again)
    expect(repeat).toMatchObject({ state: 'repeat', of, receipt: again.own.receipt })
    await forget()
    const second = await castOne(poll, { voter, optionId: 'forro' })
    const refused = await settled(second)
    expect(refused).toMatchObject({ state: 'refused', of, receipt: second.own.receipt })
    await insertAnchor(house, poll.pollId, houseKey)
    for (const [{ own }, state] of [
      [again, 'repeat'],
      [second, 'refused'],
      [first, 'counted'],
    ] as const) {
      const shown = await until('anchored', async () => {
        const status = await statusOf({ voter, own, acceptedAt: '' }, door, own.receipt)
        return status.proof?.anchor != null && status
      })
      const fate = state === 'counted' ? { outcome: state } : { outcome: state, of }
      expect(stepsOf(own, shown, keys)).toMatchObject({ failed: null, fate, anchor: { anchorNo: 1 } })
    }
  })

  it('RV8 of a vote that cannot be stored says why', async () => {
    const poll = await house.openPoll(door)
    // What no hand can do in a poll that is open: the option is gone, and only the worker knows.
    await house.rows(
      `set session_replication_role = replica;
       delete from poll_options where option_no = 2 and poll_no = (select poll_no from polls where poll_id = '${poll.pollId}')`,
    )
    const cast = await castOne(poll, { optionId: 'frevo' })
    expect(await settled(cast)).toMatchObject({ state: 'rejected', why: 'unknown-option' })
  })

  it('RV9 of a vote that nobody knows, or another one than its receipt says, is unknown', async () => {
    const poll = await house.openPoll(door)
    const cast = await castOne(poll)
    await settled(cast)
    const passerBy = voterAt(door)
    await passerBy.startSession()
    const { receipt } = cast.own
    const ask = (its: { voteId?: string; receipt?: Receipt }) =>
      statusOf(
        { voter: passerBy, acceptedAt: '', own: { ...cast.own, ...its } },
        door,
        its.receipt ?? receipt,
      )
    expect((await ask({})).state).toBe('counted')
    expect(await ask({ voteId: uuidv7() })).toEqual({ state: 'unknown' })
    expect(await ask({ receipt: { ...receipt, position: receipt.position + 1 } })).toEqual({
      state: 'unknown',
    })
    expect(await ask({ receipt: { ...receipt, batchId: uuidv7() } })).toEqual({ state: 'unknown' })
  })

  it('RV10 proves nothing to who may not see the counts: state and receipt alone, until they may', async () => {
    const [late, afterVote] = await Promise.all([openPoll('after-close'), openPoll('after-vote')])
    const [hidden, own] = [await castOne(late), await castOne(afterVote)]
    const told = await settled(hidden)
    expect(told).toEqual({ state: 'counted', receipt: hidden.own.receipt })
    // Its voter sees the counts of a poll under `after-vote`; who only shows the receipt does not.
    expect(await settled(own)).toMatchObject({ state: 'counted', proof: { anchor: null } })
    const passerBy = voterAt(door)
    await passerBy.startSession()
    const { receipt } = own.own
    expect(await statusOf({ ...own, voter: passerBy }, door, receipt)).toEqual({ state: 'counted', receipt })
    const { trpc } = adminAt(door)
    for (const { pollId } of [late, afterVote]) await trpc.admin.closePoll.mutate({ pollId })
    expect((await statusOf(hidden)).proof).toBeDefined()
    expect((await statusOf({ ...own, voter: passerBy }, door, receipt)).proof).toBeDefined()
  })

  it('RV11 of a vote in a row that was changed in the database shows the change', async () => {
    const poll = await house.openPoll(door)
    const keys = await keysAt(door)
    const cast = await castOne(poll)
    await untilCounted(house, poll.pollId, 1)
    await insertAnchor(house, poll.pollId, houseKey)
    const change = (from: string, to: string) =>
      house.rows(
        `update ledger set content = convert_to(replace(convert_from(content, 'UTF8'), $2, $3), 'UTF8')
         where poll_no = (select poll_no from polls where poll_id = $1)`,
        [poll.pollId, from, to],
      )
    const failsAt = async () => {
      // Each gateway remembers what it has read: a new one reads the row as it is now.
      const fresh = await house.gateway()
      const status = await statusOf(cast, fresh)
      await fresh.process.stop()
      return stepsOf(cast.own, status, keys).failed
    }
    await change('"samba"', '"forro"')
    expect(await failsAt()).toBe('vote')
    await change('"forro"', '"samba"')
    await change('"runAccepted":', '"runAccepted":9')
    expect(await failsAt()).toBe('chain')
  })
})

describe('while Postgres is away', () => {
  it('RV13 receipts are signed and the keys published as before; a vote that waits is still found, one that was stored not', async () => {
    const poll = await house.openPoll(door)
    const stored = await castOne(poll)
    await settled(stored)
    const keys = await keysAt(door)
    await house.services.postgres.kill()
    const cast = await castOne(poll)
    expect(await keysAt(door)).toEqual(keys)
    expect(resultsOf(stepsOf(cast.own, {}, keys))).toEqual(promised)
    for (const at of [door, otherDoor])
      expect(await statusOf(cast, at)).toEqual({ state: 'queued', receipt: cast.own.receipt })
    // Not to be had is not "unknown": who shows a receipt is asked to come again.
    const passerBy = voterAt(otherDoor)
    await passerBy.startSession()
    const asked = { pollId: poll.pollId, voteId: stored.own.voteId, receipt: stored.own.receipt }
    await expect(passerBy.trpc.vote.status.query(asked)).rejects.toMatchObject({ data: { httpStatus: 503 } })
    await house.services.postgres.restart()
    expect(await settled(cast)).toMatchObject({ state: 'counted', receipt: cast.own.receipt })
  })
})
