/** FZ: what earlier releases wrote is understood by this one, and what has a number is written as it was. */
import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, findBreakingChanges } from 'graphql'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { batchQueue, batchShape, entriesOf, pollParts } from '../../contracts/batch.ts'
import { checkProof, proofSteps } from '../../contracts/check-proof.ts'
import {
  anchorSignedMessage,
  anchorSignedShape,
  envelopeShape,
  eventTypes,
  pollChangedMessage,
  pollChangedShape,
  pollDeletedMessage,
  pollDeletedShape,
  tallyChangedMessage,
  topics,
  votesRecordedMessage,
  votesRecordedShape,
  type PollChange,
} from '../../contracts/events.ts'
import { manifestShape } from '../../contracts/export-files.ts'
import { canonicalBytes } from '../../contracts/ledger.ts'
import { pollRecordShape } from '../../contracts/poll.ts'
import { readReceiptText } from '../../contracts/read-receipt.ts'
import { receiptText } from '../../contracts/receipt-text.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeRemembered, encodeVoter } from '../../contracts/remembered.ts'
import { decodeShards, encodeShard, type Tally } from '../../contracts/tally.ts'
import { makeSessions } from '../../gateway/sessions/session-tokens.ts'
import { makeVoterKey } from '../../gateway/sessions/voter-key.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { verifyExport } from '../../queue-workers/ledger/verify-export.ts'
import { readBatch } from '../../queue-workers/read-model/read-batch.ts'
import { makeCheckSignature } from '../../runtime/signing-key.ts'
import { hashedMigrations, migrationFolders, openRelease, releases } from './release.ts'
import { versionedShapes } from './shapes.ts'
import { whyOtherShape } from './why-other-shape.ts'

const tools = {
  sha256: (bytes: Uint8Array) => hash('sha256', bytes, 'buffer'),
  verify: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) =>
    makeCheckSignature(Buffer.from(key))(Buffer.from(message).toString(), Buffer.from(signature)),
}
const json = (text: string): unknown => JSON.parse(text)
const rowShape = z.object({ table: z.string(), row: z.record(z.string(), z.unknown()) })
const keyShape = z.object({ key: z.string(), value: z.union([z.string(), z.array(z.string())]) })

it('FZ4 there is a release to be measured by', () => expect(releases).toContain('0.1.0'))

describe.each(releases)('what %s left behind', (version) => {
  const release = openRelease(version)
  const rows = release.rows.map((line) => rowShape.parse(json(line)))
  const keys = new Map(
    release.keys.map((line) => keyShape.parse(json(line))).map((its) => [its.key, its.value]),
  )
  const pairs = (key: string) => {
    const all = [keys.get(key) ?? []].flat()
    return Object.fromEntries(all.flatMap((field, i) => (i % 2 === 0 ? [[field, all[i + 1] ?? '']] : [])))
  }

  it('FZ5 migrations that it ran are here as they were: a database that ran them never runs them again', async () => {
    for (const of of ['migrations', 'modelMigrations'] as const) {
      const its = release.about[of]
      expect((await hashedMigrations(migrationFolders[of])).slice(0, its.length)).toEqual(its)
    }
  })

  it('FZ6 no shape under the name of before has another form: that wants another number (docs/upgrade.md)', () => {
    const now = z.record(z.string(), z.json()).parse(versionedShapes())
    const other = Object.entries(release.shapes).flatMap(([name, before]) =>
      now[name] === undefined ? [] : whyOtherShape(before, now[name]).map((why) => `${name}: ${why}`),
    )
    expect(other).toEqual([])
    const gone = Object.keys(release.shapes).filter((name) => now[name] === undefined && !/v\d+\b/.test(name))
    expect(gone).toEqual([])
  })

  it('FZ7 its queued jobs are read to the last vote, and written alike', () => {
    const queue = `${batchQueue.prefix}:${batchQueue.name}`
    const ids = [keys.get(`${queue}:wait`) ?? []].flat()
    const found = ids.flatMap((id) => {
      const data = pairs(`${queue}:${id}`)['data'] ?? ''
      const batch = batchShape.parse(json(data))
      if (batch.v === 3) expect(JSON.stringify(batch)).toBe(data)
      return pollParts(batch).flatMap((part) => entriesOf(part).map(({ voteId }) => voteId))
    })
    const waiting = release.voters.flatMap(({ stored, vote }) => (stored ? [] : [vote.voteId]))
    expect(ids.length).toBeGreaterThan(1)
    expect(found.sort()).toEqual(waiting.sort())
  })

  it('FZ8 each of its events is understood by the read model, and those of a number of today are written alike', () => {
    const messages = release.told.map(({ topic, key, value }, offset) => ({
      ...{ topic, partition: 0, offset, key: Buffer.from(key), value: Buffer.from(value) },
    }))
    const read = readBatch(messages)
    // Delivery is at least once.
    const distinct = new Set(release.told.map(({ value }) => envelopeShape.parse(json(value)).id))
    expect([read.unreadable, read.events.length]).toEqual([[], distinct.size])
    for (const { value } of release.told) {
      const written = rewritten(value)?.toString()
      if (written === undefined) continue
      // What is hashed and signed is the same to the byte; a poll's own fields have no order, and there may be more.
      if (!value.includes(`"type":"${eventTypes.pollChanged}"`)) expect(written).toBe(value)
      else expect(json(written)).toMatchObject(json(value) as object)
    }
    const types = new Set(read.events.map(({ type }) => type.replace(/\d+$/, '')))
    expect([...types].sort()).toEqual(
      Object.values(eventTypes)
        .map((type) => type.replace(/\d+$/, ''))
        .sort(),
    )
  })

  it('FZ9 the receipts that its voters keep are read, and written alike; each stored one is proven to its anchor', () => {
    const manifest = manifestShape.parse(json(readFileSync(join(release.exported, 'manifest.json'), 'utf8')))
    let proven = 0
    for (const { receipt, status, vote, answer } of release.voters) {
      const own = readReceiptText(receipt)
      if (own === null) throw new Error(`no receipt: ${receipt}`)
      expect([own.voteId, own.receipt.batchId]).toEqual([vote.voteId, answer.receipt.batchId])
      expect(receiptText(own)).toBe(receipt)
      const proof = status?.proof
      if (proof === undefined) continue
      const checked = checkProof(own, { proof, state: status?.state }, { keys: manifest.keys }, tools)
      expect(checked.steps).toEqual(proofSteps.map((step) => ({ step, result: 'holds' })))
      proven++
    }
    expect(proven).toBeGreaterThan(5)
  })

  it('FZ10 its export verifies against the anchors that Kafka had, all of it signed', async () => {
    const dir = makeTempFolder('urna-frozen-')
    try {
      const anchorsFile = join(dir, 'anchors.jsonl')
      const anchors = release.told.filter(({ topic }) => topic === topics.anchors.topic)
      writeFileSync(anchorsFile, anchors.map(({ value }) => `${value}\n`).join(''))
      const asked = {
        folder: release.exported,
        anchorsFile,
        keysFile: null,
        upTo: Infinity,
        onProgress: () => undefined,
      }
      const { faults, outcomes } = await verifyExport(asked)
      const votes = release.voters.filter(({ vote }) => vote.pollId === release.about.polls.certified)
      expect([faults, outcomes.counted]).toEqual([[], votes.length])
    } finally {
      removeTempFolder(dir)
    }
  })

  it('FZ11 its session tokens are genuine, and name the same voter in each poll', () => {
    const { SESSION_SECRET: secret, VOTER_SECRET } = release.about.secrets
    const now = () => Date.parse(release.about.madeAt)
    const sessions = makeSessions({ secret, liveForMs: 1_000, now })
    const voterKey = makeVoterKey(VOTER_SECRET)
    let stored = 0
    for (const { token, vote } of release.voters) {
      const session = sessions.read(token)
      if (!session.genuine) throw new Error(session.reason)
      const its = rows.find(({ table, row }) => table === 'votes' && row['vote_id'] === vote.voteId)
      if (its === undefined) continue
      const key = voterKey(1, vote.pollId, 'device', session.voter.deviceId)
      expect(String(its.row['voter_key']).replaceAll('-', '')).toBe(key)
      stored++
    }
    expect(stored).toBe(release.voters.filter((voter) => voter.stored).length)
  })

  it('FZ12 what its Redis remembers of voters, polls and counts is read, and written alike', () => {
    const { open } = release.about.polls
    const remembered = Object.values(pairs(redisKeys.memory(open)))
    expect(remembered.length).toBe(release.voters.filter(({ vote }) => vote.pollId === open).length)
    expect(remembered.map((text) => encodeVoter(decodeRemembered(text)))).toEqual(remembered)
    for (const record of Object.values(pairs(redisKeys.polls))) pollRecordShape.parse(json(record))
    const { open: _, ...shards } = pairs(redisKeys.tally(open))
    const read = decodeShards(shards)
    expect(Object.fromEntries(read.map((its) => [String(its.shard), encodeShard(its)]))).toEqual(shards)
  })

  it('FZ13 who asks GraphQL as it was then is answered today', () => {
    const now = readFileSync(new URL('../../contracts/schema.graphql', import.meta.url), 'utf8')
    const breaking = findBreakingChanges(buildSchema(release.schema), buildSchema(now))
    expect(breaking.map(({ description }) => description)).toEqual([])
  })
})

/** The same event as this version writes it; null where it writes no such type any more. */
function rewritten(value: string): Buffer | null {
  const raw = json(value)
  const { type } = z.object({ type: z.string() }).parse(raw)
  switch (type) {
    case eventTypes.votesRecorded: {
      const { data, time, subject, shard, shardseq: seq, rowhash } = votesRecordedShape.parse(raw)
      const its = {
        batchId: data.batchId,
        pollId: subject,
        storedAt: new Date(time),
        content: canonicalBytes(data),
      }
      return votesRecordedMessage({ ...its, shard, seq, hash: rowhash })
    }
    case eventTypes.pollChanged: {
      const { data, change, time } = pollChangedShape.parse(raw)
      return pollChangedMessage(data, change as PollChange, new Date(time))
    }
    case eventTypes.pollDeleted: {
      const { data, time } = pollDeletedShape.parse(raw)
      return pollDeletedMessage(data.pollId, data.version, new Date(time))
    }
    case eventTypes.anchorSigned: {
      const { data, signature, keyid: keyId, time } = anchorSignedShape.parse(raw)
      const content = JSON.stringify(data)
      return anchorSignedMessage(data.pollId, data.anchorNo, new Date(time), { content, signature, keyId })
    }
    case eventTypes.tallyChanged: {
      const { data, time } = z.object({ data: z.custom<Tally>(), time: z.string() }).parse(raw)
      const { pollId, pollVersion, version, isRehearsal, asOf, total, options, boxes } = data
      return tallyChangedMessage(
        { pollId, pollVersion, version, isRehearsal, asOf, total, options, boxes },
        time,
      )
    }
    default:
      return null
  }
}
