/** The laws of certification: nothing is signed that does not add up, and no result is certified that lacks a vote. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import {
  anchorBytes,
  anchorContentShape,
  anchorStatement,
  signedAnchorShape,
  type AnchorContent,
} from '../../contracts/anchor.ts'
import { topics } from '../../contracts/events.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { findFreePort } from '../../local/ports.ts'
import { queueWorkersProcess } from '../../local/processes.ts'
import { makeCheckSignature } from '../../runtime/signing-key.ts'
import { storedVotes, untilCounted } from '../counts.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from '../house.ts'
import { readAll } from '../read-topic.kafka.ts'
import { rootOfHashes } from '../rfc9162.ts'

const often = { ANCHOR_EVERY_MS: '200' }
const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')

const castMany = (door: Door, pollId: string, many: number, optionId = 'frevo') =>
  Promise.all(Array.from({ length: many }, () => voterAt(door).cast({ pollId, optionId, voteId: uuidv7() })))

interface Stored {
  readonly content: string
  readonly anchor: AnchorContent
  readonly emitted: boolean
}

/** The poll's anchors, each checked by its signature and its place in the chain. */
async function anchorsOf(house: House, pollId: string): Promise<Stored[]> {
  const rows = await house.rows<{ content: Buffer; signature: Buffer; public_key: Buffer; emitted: boolean }>(
    `select content, signature, public_key, emitted_at is not null as emitted
     from anchors join signing_keys using (key_id) join polls using (poll_no)
     where poll_id = $1 order by anchor_no`,
    [pollId],
  )
  let before = '0'.repeat(64)
  return rows.map(({ content: bytes, signature, public_key: key, emitted }, i) => {
    const content = bytes.toString()
    expect(makeCheckSignature(key)(anchorStatement(content), signature)).toBe(true)
    const anchor = anchorContentShape.parse(JSON.parse(content))
    expect(anchorBytes(anchor)).toBe(content)
    expect(anchor).toMatchObject({ pollId, anchorNo: i + 1, before })
    before = sha256(content)
    return { content, anchor, emitted }
  })
}

const lastOf = async (house: House, pollId: string) => (await anchorsOf(house, pollId)).at(-1)?.anchor

/** How many rows the ledger has of the poll, and how many of them are anchored. */
async function rowsOf(house: House, pollId: string) {
  const [{ rows } = { rows: 0 }] = await house.rows<{ rows: number }>(
    'select count(*)::int as rows from ledger join polls using (poll_no) where poll_id = $1',
    [pollId],
  )
  const last = await lastOf(house, pollId)
  return { rows, anchored: (last?.shards ?? []).reduce((sum, { seq }) => sum + seq, 0) }
}

const untilAnchored = (house: House, pollId: string) =>
  until('all rows are anchored', async () => {
    const { rows, anchored } = await rowsOf(house, pollId)
    return rows > 0 && rows === anchored
  })

interface Told {
  readonly admitted: number | null
  readonly received: number | null
  readonly missing: readonly string[]
  readonly lookedAt: string | null
  readonly certifiedAt: string | null
  readonly anchorNo: number | null
}

async function certificationAt(door: Door, pollId: string, token: string | null = secrets.ADMIN_TOKEN) {
  const query = `{ certification(pollId: "${pollId}") { admitted received missing lookedAt certifiedAt anchorNo } }`
  const headers = {
    'content-type': 'application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
  }
  const response = await fetch(`${door.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  })
  const { data } = (await response.json()) as { data: { certification: Told | null } }
  return data.certification
}

const untilCertified = (door: Door, pollId: string) =>
  until('certified', async () => {
    const told = await certificationAt(door, pollId)
    return told?.certifiedAt != null && told
  })

const untilMissing = (door: Door, pollId: string, says: RegExp) =>
  until(`it says ${String(says)}`, async () => {
    const told = await certificationAt(door, pollId)
    return told?.missing.some((sentence) => says.test(sentence)) === true && told
  })

const stateOf = async (door: Door, pollId: string) =>
  (await voterAt(door).trpc.poll.byId.query({ pollId })).state

/** Closed and asked to be certified. */
async function closeAndCertify(door: Door, pollId: string) {
  const { admin } = adminAt(door).trpc
  await admin.closePoll.mutate({ pollId })
  return admin.certifyPoll.mutate({ pollId })
}

describe('anchors', () => {
  it('CE1 sign every row once, in a chain of anchors without gaps, over the heads that the ledger has', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await house.workers({ env: often })
    await house.workers({ roles: ['persist'] })
    const { pollId } = await house.openPoll(door)
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 5; i++) await castMany(door, pollId, 3)
      // All are rows by then: one that came behind the look at the anchors would have none.
      await untilCounted(house, pollId, 15 * (round + 1))
      await untilAnchored(house, pollId)
    }
    const anchors = await anchorsOf(house, pollId)
    expect(anchors.length).toBeGreaterThan(1)
    const rows = await house.rows<{ shard: number; seq: string; hash: Buffer }>(
      'select shard, seq, hash from ledger order by shard, seq',
    )
    const covered: string[] = []
    for (const { anchor } of anchors) {
      for (const { shard, seq, hash, from, root } of anchor.shards) {
        const of = rows.filter((row) => row.shard === shard && Number(row.seq) <= seq)
        expect(of.at(-1)?.hash.toString('hex')).toBe(hash)
        if (from === undefined) continue
        const leaves = of.slice(from - 1).map((row) => row.hash)
        expect(rootOfHashes(leaves).toString('hex')).toBe(root)
        for (let at = from; at <= seq; at++) covered.push(`${shard}/${at}`)
      }
    }
    expect(covered.sort()).toEqual(rows.map(({ shard, seq }) => `${shard}/${seq}`).sort())

    await until('all are on Kafka', async () =>
      (await anchorsOf(house, pollId)).every(({ emitted }) => emitted),
    )
    const told = await readAll(house.services.kafkaBrokers ?? '', topics.anchors.topic)
    expect(told.map(({ key }) => key)).toEqual(anchors.map(() => pollId))
    expect(told.map(({ value }) => value.slice(value.indexOf(',"data":') + 8, -1))).toEqual(
      anchors.map(({ content }) => content),
    )
    for (const { value } of told) {
      const { signature, keyid: keyId } = JSON.parse(value)
      expect(signedAnchorShape.safeParse({ content: '', signature, keyId }).success).toBe(true)
    }
  })

  it('CE2 come from one of two certifiers, and from the other once it dies', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const certifiers = [
      await house.workers({ roles: ['certify'], env: { ANCHOR_EVERY_MS: '100' } }),
      await house.workers({ roles: ['certify'], env: { ANCHOR_EVERY_MS: '100' } }),
    ]
    const { pollId } = await house.openPoll(door)
    for (let round = 0; round < 20; round++) await castMany(door, pollId, 2)
    await untilAnchored(house, pollId)
    await certifiers[0]?.kill()
    await castMany(door, pollId, 2)
    await untilAnchored(house, pollId)
    const anchors = await anchorsOf(house, pollId)
    // No row twice: each anchor begins where the one before ended.
    const next = new Map<number, number>()
    for (const { anchor } of anchors) {
      for (const { shard, seq, from } of anchor.shards) {
        if (from !== undefined) expect(from).toBe(next.get(shard) ?? 1)
        next.set(shard, seq + 1)
      }
    }
  })

  it('CE3 are not made over a ledger that does not add up: it says so, and other polls are anchored', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const [hurt, whole] = [await house.openPoll(door), await house.openPoll(door)]
    for (const { pollId } of [hurt, whole]) for (let i = 0; i < 3; i++) await castMany(door, pollId, 1)
    await untilCounted(house, hurt.pollId, 3)
    await untilCounted(house, whole.pollId, 3)
    // One byte of one vote, with all that would make it look right but for its hash.
    await house.rows(
      `update ledger set content = convert_to(replace(convert_from(content, 'UTF8'), '"frevo"', '"samba"'), 'UTF8')
       where seq = 2 and poll_no = (select poll_no from polls where poll_id = $1)`,
      [hurt.pollId],
    )
    await house.workers({ roles: ['certify'], env: often })
    await untilAnchored(house, whole.pollId)
    expect(await anchorsOf(house, hurt.pollId)).toEqual([])
    await closeAndCertify(door, hurt.pollId)
    const [row] = await house.rows<{ batch_id: string; shard: number }>(
      `select batch_id, shard from ledger join polls using (poll_no) where seq = 2 and poll_id = $1`,
      [hurt.pollId],
    )
    const sentence = `Batch ${row?.batch_id} (shard ${row?.shard}, row 2) has not the hash that its votes make.`
    expect((await untilMissing(door, hurt.pollId, /hash/)).missing).toEqual([sentence])
  })

  it.for(['certify.signed', 'certify.anchored'])(
    'CE4 of a certifier that dies at %s are neither doubled nor lost',
    async (point) => {
      await using house = await startHouse()
      const door = await house.gateway()
      await house.workers({ roles: ['persist'] })
      const { pollId } = await house.openPoll(door)
      await castMany(door, pollId, 3)
      await untilCounted(house, pollId, 3)
      const doomed = await house.workers({
        ...{ roles: ['certify'], waitReady: false },
        env: { ...often, CRASH_AT: point },
      })
      await until('dead', async () => doomed.pid === null)
      expect((await anchorsOf(house, pollId)).length).toBe(point === 'certify.anchored' ? 1 : 0)
      await house.workers({ roles: ['certify'], env: often })
      await untilAnchored(house, pollId)
      expect((await anchorsOf(house, pollId)).length).toBe(1)
    },
  )

  it('CE5 that a publisher sent before it died are sent again under the same id', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'certify'], env: often })
    const { pollId } = await house.openPoll(door)
    await castMany(door, pollId, 3)
    await untilAnchored(house, pollId)
    const doomed = await house.workers({
      ...{ roles: ['publish'], env: { CRASH_AT: 'publish.anchors-sent' }, waitReady: false },
    })
    await until('dead', async () => doomed.pid === null)
    await house.workers({ roles: ['publish'] })
    await until('marked', async () => (await anchorsOf(house, pollId)).every(({ emitted }) => emitted))
    const told = await readAll(house.services.kafkaBrokers ?? '', topics.anchors.topic)
    expect(told.length).toBeGreaterThan(1)
    expect(new Set(told.map(({ value }) => value)).size).toBe((await anchorsOf(house, pollId)).length)
  })
})

describe('a certificate', () => {
  it('CE6 comes once all that was admitted is counted, told by the last anchor, the state and the event', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ env: often })
    const { pollId } = await house.openPoll(door)
    const { admin } = adminAt(door).trpc
    await expect(admin.certifyPoll.mutate({ pollId })).rejects.toThrow('The poll is open: close it first.')
    expect(await certificationAt(door, pollId)).toBe(null)
    await castMany(door, pollId, 5, 'samba')
    await castMany(door, pollId, 7)
    expect(await closeAndCertify(door, pollId)).toMatchObject({ state: expect.stringMatching('counting') })
    const told = await untilCertified(door, pollId)
    expect(told).toMatchObject({ admitted: 12, received: 12, missing: [] })
    await until('the gateway knows', async () => (await stateOf(door, pollId)) === 'certified')
    const last = await lastOf(house, pollId)
    expect(last?.anchorNo).toBe(told.anchorNo)
    expect(last?.certified).toEqual({
      ...{
        certifiedAt: told.certifiedAt,
        poll: expect.stringMatching(/^[0-9a-f]{64}$/),
        admitted: 12,
        received: 12,
        counted: 12,
      },
      ...{ repeats: 0, refused: 0, rejected: 0, options: ['samba', 'forro', 'frevo'], boxes: ['audience'] },
      ...{ counts: [5, 0, 7], voters: [{ boxId: 'audience', votes: 1, voters: 12 }] },
    })
    expect(await rowsOf(house, pollId)).toMatchObject({ anchored: (await rowsOf(house, pollId)).rows })
    // Asked again it stays as it is, and it is never opened again.
    expect(await admin.certifyPoll.mutate({ pollId })).toMatchObject({ state: 'certified' })
    await expect(admin.openPoll.mutate({ pollId })).rejects.toThrow('The result is certified')
    const events = await house.rows<{ change: string; state: string }>(
      `select convert_from(message, 'utf8')::json ->> 'change' as change,
         convert_from(message, 'utf8')::json -> 'data' ->> 'state' as state
       from poll_events where poll_id = $1 order by event_no`,
      [pollId],
    )
    expect(events.slice(-2)).toEqual([
      { change: 'counting', state: 'counting' },
      { change: 'certified', state: 'certified' },
    ])
    expect((await house.rows('select from poll_events where poll_id = $1', [pollId])).length).toBe(5)
  })

  it('CE7 is kept from a poll whose votes still wait; once it is being certified it is not opened again', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const { pollId } = await house.openPoll(door)
    await castMany(door, pollId, 8)
    await house.workers({ roles: ['certify'], env: often })
    await closeAndCertify(door, pollId)
    const told = await untilMissing(door, pollId, /^8 votes of 8 that were admitted are not in the ledger\.$/)
    expect(told).toMatchObject({ admitted: 8, received: 0, certifiedAt: null })
    await expect(adminAt(door).trpc.admin.openPoll.mutate({ pollId })).rejects.toThrow('being counted')
    await house.workers({ roles: ['persist'] })
    expect(await untilCertified(door, pollId)).toMatchObject({ admitted: 8, received: 8, missing: [] })
  })

  it('CE8 is kept from a poll that lacks a vote, a batch, or has a counter too many, and says which', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers({ roles: ['persist'] })
    const polls: string[] = []
    for (let i = 0; i < 4; i++) polls.push((await house.openPoll(door)).pollId)
    const [row = '', counter = '', swapped = '', lost = ''] = polls
    for (const pollId of polls) for (let i = 0; i < 2; i++) await castMany(door, pollId, 2)
    for (const pollId of polls) await untilCounted(house, pollId, 4)
    // A batch that leaves the queue without a trace.
    await worker.stop()
    await castMany(door, lost, 3)
    await until('mirrored', async () => {
      const [its] = await house.rows<{ accepted: string }>(
        'select sum(accepted) as accepted from run_polls join polls using (poll_no) where poll_id = $1',
        [lost],
      )
      return Number(its?.accepted) === 7
    })
    for (const key of await house.redis.keys('urna:{b0}:bull:*')) await house.redis.del(key)
    const ofPoll = '(select poll_no from polls where poll_id = $1)'
    await house.rows(
      `delete from votes where ctid in (select ctid from votes where poll_no = ${ofPoll} limit 1) and poll_no = ${ofPoll}`,
      [row],
    )
    await house.rows(`update shard_counts set counts[1] = counts[1] + 1 where poll_no = ${ofPoll}`, [counter])
    // As many votes as before, for another option.
    await house.rows(
      `update votes set option_no = 0 where poll_no = ${ofPoll} and vote_id =
         (select vote_id from votes where poll_no = ${ofPoll} limit 1)`,
      [swapped],
    )
    await house.workers({ roles: ['persist', 'certify'], env: often })
    for (const pollId of polls) await closeAndCertify(door, pollId)

    const missing = async (pollId: string, says: RegExp) => (await untilMissing(door, pollId, says)).missing
    expect(await missing(lost, /not in the ledger\.$/)).toEqual([
      '3 votes of 7 that were admitted are not in the ledger.',
      expect.stringMatching(
        /^\d+ batch(es)? of the gateways that took its votes (is|are) not in the ledger: waiting in the queue, put aside as unreadable, or lost; they may hold votes of other polls only\.$/,
      ),
    ])
    // What is lost came through the same gateway as their votes: while it is not found, nothing is certified.
    for (const pollId of [row, counter, swapped])
      expect(await missing(pollId, /batch/)).toEqual([
        expect.stringMatching(/^\d+ batch(es)? of the gateways/),
      ])
    for (const pollId of polls) expect(await stateOf(door, pollId)).toBe('counting')
  })

  it('CE9 is kept from a poll whose ledger, table of votes and counters differ, option by option', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const polls: string[] = []
    for (let i = 0; i < 4; i++) polls.push((await house.openPoll(door)).pollId)
    const [row = '', counter = '', swapped = '', more = ''] = polls
    for (const pollId of polls) await castMany(door, pollId, 4)
    for (const pollId of polls) await untilCounted(house, pollId, 4)
    const ofPoll = '(select poll_no from polls where poll_id = $1)'
    const oneOf = `vote_id = (select vote_id from votes where poll_no = ${ofPoll} limit 1) and poll_no = ${ofPoll}`
    await house.rows(`delete from votes where ${oneOf}`, [row])
    await house.rows(
      `update shard_counts set counts[1] = 1 where (poll_no, shard) =
         (select poll_no, shard from shard_counts where poll_no = ${ofPoll} limit 1)`,
      [counter],
    )
    await house.rows(`update votes set option_no = 0 where ${oneOf}`, [swapped])
    // A copy that is ahead of what Redis says: votes that nobody can vouch for.
    await house.workers({ roles: ['certify'], env: often })
    for (const pollId of [row, counter, swapped]) await closeAndCertify(door, pollId)
    const missing = async (pollId: string, says: RegExp) => (await untilMissing(door, pollId, says)).missing
    expect(await missing(row, /table/)).toEqual([
      'For frevo the ledger counts 4 votes, the table of votes holds 3.',
    ])
    expect(await missing(counter, /counters/)).toEqual([
      'For samba the ledger counts 0 votes, the counters say 1.',
    ])
    expect(await missing(swapped, /table/)).toEqual([
      'For samba the ledger counts 0 votes, the table of votes holds 1.',
      'For frevo the ledger counts 4 votes, the table of votes holds 3.',
    ])
    await house.rows(`update run_polls set accepted = accepted + 2 where poll_no = ${ofPoll}`, [more])
    await closeAndCertify(door, more)
    await untilMissing(door, more, /^2 votes of 6 that were admitted are not in the ledger\.$/)
    // Put right, they are certified by themselves.
    await house.rows(`update shard_counts set counts[1] = 0 where counts[1] = 1 and poll_no = ${ofPoll}`, [
      counter,
    ])
    await untilCertified(door, counter)
    for (const pollId of [row, swapped, more]) expect(await stateOf(door, pollId)).toBe('counting')
  })

  it.for(['certify.frozen', 'certify.before-commit', 'certify.certified'])(
    'CE10 is given once, though the certifier dies at %s',
    async (point) => {
      await using house = await startHouse()
      const door = await house.gateway()
      await house.workers({ roles: ['persist'] })
      const { pollId } = await house.openPoll(door)
      await castMany(door, pollId, 6)
      await untilCounted(house, pollId, 6)
      await closeAndCertify(door, pollId)
      const doomed = await house.workers({
        ...{ roles: ['certify'], waitReady: false },
        env: { ...often, CRASH_AT: point },
      })
      await until('dead', async () => doomed.pid === null)
      const isThere = point === 'certify.certified'
      expect((await certificationAt(door, pollId))?.certifiedAt != null).toBe(isThere)
      await house.workers({ roles: ['certify'], env: often })
      await house.workers({ roles: ['certify'], env: often })
      await untilCertified(door, pollId)
      await until('the gateway knows', async () => (await stateOf(door, pollId)) === 'certified')
      const anchors = await anchorsOf(house, pollId)
      expect(anchors.filter(({ anchor }) => anchor.certified !== undefined).length).toBe(1)
      expect(anchors.at(-1)?.anchor.certified).toMatchObject({ admitted: 6, counts: [0, 0, 6] })
      const certified = await house.rows(
        `select from poll_events where poll_id = $1 and convert_from(message, 'utf8')::json ->> 'change' = 'certified'`,
        [pollId],
      )
      expect(certified.length).toBe(1)
    },
  )

  it('CE11 counts what was admitted from the copies where Redis was emptied after the close, and names what is lost', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers({ roles: ['persist'] })
    const [whole, poorer] = [await house.openPoll(door), await house.openPoll(door)]
    await castMany(door, whole.pollId, 5)
    await castMany(door, poorer.pollId, 5)
    await untilCounted(house, whole.pollId, 5)
    await untilCounted(house, poorer.pollId, 5)
    await worker.stop()
    await castMany(door, poorer.pollId, 4)
    const { admin } = adminAt(door).trpc
    for (const { pollId } of [whole, poorer]) await admin.closePoll.mutate({ pollId })
    const epoch = await house.redis.get(redisKeys.epoch)
    await house.redis.flushall()
    await until('another memory', async () => {
      const now = await house.redis.get(redisKeys.epoch)
      return now !== null && now !== epoch
    })
    for (const { pollId } of [whole, poorer]) await admin.certifyPoll.mutate({ pollId })
    await house.workers({ roles: ['persist', 'certify'], env: often })
    const told = await untilMissing(door, poorer.pollId, /4 votes of 9 that were admitted/)
    expect(told).toMatchObject({ admitted: 9, received: 5, certifiedAt: null })
    // The same gateway let in votes of both that are gone: which poll's, its copies tell; that they are gone stands.
    await until('frozen', async () => (await certificationAt(door, whole.pollId))?.admitted === 5)
    expect((await storedVotes(house, poorer.pollId)).length).toBe(5)
  })

  it('CE12 waits until Redis knows that the poll is over, also while it is away', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const { pollId } = await house.openPoll(door)
    await castMany(door, pollId, 3)
    await untilCounted(house, pollId, 3)
    await closeAndCertify(door, pollId)
    // Nobody has looked yet.
    expect(await certificationAt(door, pollId)).toMatchObject({ lookedAt: null, missing: [] })
    await house.redis.hset(redisKeys.rules(pollId), 'closesAt', Date.now() + 3_600_000)
    await house.workers({ roles: ['certify'], env: often })
    await untilMissing(door, pollId, /Redis has not been told yet that the poll is over/)
    await house.services.redis.kill()
    await untilMissing(door, pollId, /Redis, which knows how many votes were admitted, cannot be read/)
    await house.services.redis.restart()
    await house.redis.hset(redisKeys.rules(pollId), 'closesAt', 0)
    expect(await untilCertified(door, pollId)).toMatchObject({ admitted: 3 })
    const told = await certificationAt(door, pollId, null)
    expect(told).toMatchObject({ admitted: 3, certifiedAt: expect.stringMatching('Z') })
  })

  it('CE13 tells its numbers only to those who may see the counts, that it is there to everyone', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ env: often })
    const { admin } = adminAt(door).trpc
    const asked = { question: 'Which?', options: ['a', 'b'], visibility: 'embargo' as const }
    const { pollId } = await admin.createPoll.mutate(asked)
    await admin.openPoll.mutate({ pollId })
    await castMany(door, pollId, 3, 'a')
    await closeAndCertify(door, pollId)
    const { lookedAt } = await untilCertified(door, pollId)
    expect(lookedAt).toMatch(/Z$/)
    const hidden = {
      ...{ admitted: null, received: null, missing: [], certifiedAt: expect.stringMatching('Z') },
      lookedAt,
    }
    expect(await certificationAt(door, pollId, null)).toMatchObject(hidden)
    expect(await certificationAt(door, pollId)).toMatchObject(hidden)
    await until('certified', async () => (await stateOf(door, pollId)) === 'certified')
    await admin.revealPoll.mutate({ pollId })
    expect(await certificationAt(door, pollId, null)).toMatchObject({ admitted: 3, received: 3 })
  })

  it('CE14 that waits, and rows that are not signed, show in the metrics; and while Redis is not restored it says so', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const { pollId } = await house.openPoll(door)
    await castMany(door, pollId, 3)
    await untilCounted(house, pollId, 3)
    await closeAndCertify(door, pollId)
    // Nobody is left who would restore it.
    await door.process.stop()
    await house.redis.set(redisKeys.epoch, 'another')
    const { services, dataDir } = house
    const ground = { checkout: process.cwd(), logDir: dataDir, ...services }
    const port = await findFreePort()
    const seldom = { ANCHOR_EVERY_MS: '3600000' }
    const certifier = queueWorkersProcess(ground, {
      ...{ port, secrets, name: 'certifier', roles: ['certify'], env: seldom },
    })
    const metric = async (name: string) => {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      return Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(page)?.[1])
    }
    await certifier.start()
    try {
      await until('it is counting', async () => (await metric('urna_polls_counting')) === 1)
      await until('it says what it waits for', async () => {
        const [its] = await house.rows<{ missing: string[] }>('select missing from certifications')
        return its?.missing[0] === 'Waiting for a restore of Redis; it goes on by itself.'
      })
      // The certifier has looked once; it looks again in an hour.
      await untilAnchored(house, pollId)
      await house.rows(`update ledger set stored_at = now() - interval '1 hour'`)
      await house.rows('delete from anchors')
      await until('rows wait', async () => (await metric('urna_unanchored_oldest_seconds')) >= 3_600)
      const again = await house.gateway()
      await untilCertified(again, pollId)
      await until('none is', async () => (await metric('urna_polls_counting')) === 0)
      expect(await metric('urna_unanchored_oldest_seconds')).toBe(0)
    } finally {
      await certifier.stop()
    }
  })
})
