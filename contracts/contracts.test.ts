/** Frozen samples: what crosses a wire today must be read tomorrow, to the byte. */
import { expect, it } from 'vitest'
import {
  batchShape,
  decodeEntry,
  encodeEntry,
  entriesOf,
  hollowBatch,
  looseBatchShape,
  pollParts,
  sizeOf,
} from './batch.ts'
import { tallyChangedMessage, votesRecordedMessage, votesRecordedShape } from './events.ts'
import { canonicalBytes, fateOf, ledgerContentShape } from './ledger.ts'
import { redisChannels, redisKeys } from './redis-keys.ts'
import { callRefusals, voteRefusals } from './refusals.ts'
import { decodeRemembered, encodeRemembered, encodeVoter, recentField, sliceOf } from './remembered.ts'
import { decodeShard, encodeShard, nameTally, sumShards } from './tally.ts'
import { castVoteShape, voteAnswerShape } from './vote.ts'

const pollId = '01a1fbef-ef64-7761-a775-b3de4520bf4c'
const batchId = '01a1fbef-f0ad-7619-a961-e9671316c1c5'
const voteId = '01a1fbef-ef98-74c7-a30d-88eb8c852c83'
const run = '01a1fbef-eed5-7130-87b4-ba62d68f4ef7'
const acceptedAt = '2026-11-21T02:29:28.374Z'
const content =
  `{"pollId":"${pollId}","batchId":"${batchId}","run":"${run}","runAccepted":250,` +
  `"acceptedAt":"${acceptedAt}",` +
  `"votes":[[0,"${voteId}","audience","samba"],[1,"${voteId}","audience","samba"]],` +
  `"uncounted":[{"position":1,"outcome":"repeat","of":{"batchId":"${batchId}","position":0}}]}`

it('T1 the bytes of a ledger row are written one way only, whatever the order of the keys', () => {
  const uncounted = [{ outcome: 'repeat' as const, of: { position: 0, batchId }, position: 1 }]
  const votes: [number, string, string, string][] = [
    [0, voteId, 'audience', 'samba'],
    [1, voteId, 'audience', 'samba'],
  ]
  const bytes = canonicalBytes({
    uncounted,
    votes,
    acceptedAt,
    runAccepted: 250,
    run,
    batchId,
    pollId,
  })
  expect(bytes.toString()).toBe(content)
  const read = ledgerContentShape.parse(JSON.parse(content))
  const of = { batchId, position: 0 }
  const fates = [{ outcome: 'counted' }, { outcome: 'repeat', of }]
  expect([0, 1].map((at) => fateOf(read.uncounted, at))).toEqual(fates)
})

it('T2 a votes event is CloudEvents 1.0 around the untouched bytes of its row', () => {
  const storedAt = new Date('2026-11-21T02:29:28.797Z')
  const where = { shard: 4, seq: 17, hash: 'ab'.repeat(32) }
  const message = votesRecordedMessage({ ...where, batchId, pollId, storedAt, content: Buffer.from(content) })
  expect(message.toString()).toBe(
    `{"specversion":"1.0","id":"${batchId}/${pollId}","source":"/urna/ledger","type":"urna.votes.recorded.v3",` +
      `"subject":"${pollId}","time":"2026-11-21T02:29:28.797Z","datacontenttype":"application/json",` +
      `"shard":4,"shardseq":17,"rowhash":"${where.hash}","data":${content}}`,
  )
  expect(votesRecordedShape.parse(JSON.parse(message.toString())).data.runAccepted).toBe(250)
})

it("T9 a rehearsal's row says so, behind its time; a row of any other poll is written as before", () => {
  const row = ledgerContentShape.parse(JSON.parse(content))
  expect(canonicalBytes(row).toString()).toBe(content)
  const marked = content.replace('"votes":', '"rehearsal":true,"votes":')
  expect(canonicalBytes({ ...row, rehearsal: true }).toString()).toBe(marked)
  expect(ledgerContentShape.parse(JSON.parse(marked)).rehearsal).toBe(true)
})

const voterKey = '5d41402abc4b2a76b9719d911017c592'

it('T3 a queue job is read poll by poll and vote by vote, and one that is cut, padded or does not add up is no job', () => {
  const votes = `021${voterKey}${voteId}990${voterKey}${voteId}000${voterKey}${voteId}`
  const job =
    `{"v":3,"run":"${run}","seq":3,"accepted":250,"at":1795228168374,"polls":[7,12],"sizes":[1,2],` +
    `"pollAccepted":[90,12],"votes":"${votes}"}`
  const batch = batchShape.parse(JSON.parse(job))
  expect(JSON.stringify(batch)).toBe(job)
  const second = { optionNo: 99, boxNo: 0, voterKey, voteId }
  const [first, third] = [
    { ...second, optionNo: 2, boxNo: 1 },
    { ...second, optionNo: 0 },
  ]
  expect([sizeOf(batch), decodeEntry(batch.votes, 1)]).toEqual([3, second])
  expect([first, second, third].map(encodeEntry).join('')).toBe(votes)
  const parts = pollParts(batch)
  expect(parts).toMatchObject([
    { pollNo: 7, size: 1, accepted: 90 },
    { pollNo: 12, size: 2, accepted: 12 },
  ])
  expect(parts.map(entriesOf)).toEqual([[first], [second, third]])
  for (const wrong of ['', votes.slice(1), `${votes}0`, votes.toUpperCase(), votes + votes]) {
    expect(batchShape.safeParse({ ...batch, votes: wrong }).success).toBe(false)
  }
  for (const wrong of [{ sizes: [1, 1] }, { sizes: [3] }, { sizes: [0, 3] }, { pollAccepted: [90] }]) {
    for (const shape of [batchShape, looseBatchShape])
      expect(shape.safeParse({ ...batch, ...wrong }).success).toBe(false)
  }
  expect(looseBatchShape.parse({ ...batch, votes: votes.toUpperCase() }).sizes).toEqual([1, 2])
  expect(JSON.stringify(hollowBatch)).toBe('{"v":3}')
  expect(batchShape.safeParse({ ...batch, v: 2 }).success).toBe(false)
})

it('T8 a vote is remembered by place: what it was, when, and where it lies; and by its own time where there is no limit', () => {
  expect(recentField(voterKey, voteId)).toBe(`${voterKey}${voteId}`)
  const vote = { voteId, optionNo: 2, boxNo: 1, acceptedAt: 1795228168374, batchId, position: 17 }
  const text = `${voteId}|021|1795228168374|${batchId}|017`
  expect([encodeRemembered(vote), text.length]).toEqual([text, 95])
  const other = { ...vote, optionNo: 99, boxNo: 0, position: 499 }
  const two = `${text};${voteId}|990|1795228168374|${batchId}|499`
  expect(encodeVoter([vote, other])).toBe(two)
  expect(decodeRemembered(`-;${two}`)).toEqual([vote, other])
  expect([encodeVoter([]), decodeRemembered('-')]).toEqual(['-', []])
  expect(sliceOf(5_985 * 900_000)).toEqual({ slice: 0, endsAtMs: 5_987 * 900_000 })
  expect(sliceOf(5_987 * 900_000 - 1)).toEqual({ slice: 1, endsAtMs: 5_988 * 900_000 })
})

it('T4 shards come back from Redis as they went, and add up to a tally whose version is their sum', () => {
  const shards = [
    { shard: 0, seq: 8, asOf: 1795228168797, counts: [667, 667, 666] },
    { shard: 3, seq: 2, asOf: 1795228168000, counts: [1, 0, 5_000_000_000] },
  ]
  expect(encodeShard(shards[0] ?? { shard: 0, seq: 0, asOf: 0, counts: [] })).toBe(
    '[8,1795228168797,667,667,666]',
  )
  expect(shards.map((shard) => decodeShard(shard.shard, encodeShard(shard)))).toEqual(shards)
  const options = [{ optionId: 'samba' }, { optionId: 'forro' }, { optionId: 'frevo' }]
  const poll = { pollId, version: 1, isRehearsal: false, options, boxes: [{ boxId: 'audience' }] }
  const tally = nameTally(poll, sumShards(pollId, 3, shards))
  expect(tally).toMatchObject({ version: 10, total: 5_000_002_001, asOf: '2026-11-21T02:29:28.797Z' })
  expect(tally.options[2]).toEqual({ optionId: 'frevo', votes: 5_000_000_666 })
})

it('T10 a tally event is CloudEvents 1.0, told apart by the rules that it obeys as well as by its counts', () => {
  const options = [{ optionId: 'samba', votes: 7 }]
  const boxes = [{ boxId: 'audience', total: 7, options }]
  const its = { pollId, pollVersion: 4, version: 10, isRehearsal: true, asOf: acceptedAt, total: 7 }
  expect(tallyChangedMessage({ ...its, options, boxes }, acceptedAt).toString()).toBe(
    `{"specversion":"1.0","id":"${pollId}/4/10","source":"/urna/tallies","type":"urna.tally.changed.v1",` +
      `"subject":"${pollId}","time":"${acceptedAt}","datacontenttype":"application/json",` +
      `"data":{"pollId":"${pollId}","pollVersion":4,"version":10,"isRehearsal":true,"asOf":"${acceptedAt}",` +
      `"total":7,"options":[{"optionId":"samba","votes":7}],` +
      `"boxes":[{"boxId":"audience","total":7,"options":[{"optionId":"samba","votes":7}]}]}}`,
  )
})

it('T5 every key and channel carries the one hash tag', () => {
  const all = [...Object.values(redisKeys), ...Object.values(redisChannels)]
  const keys = all.map((key) => (typeof key === 'function' ? key(pollId, 0) : key))
  expect(keys.every((key) => key.startsWith('urna:{b0}:'))).toBe(true)
  expect(new Set(keys).size).toBe(keys.length)
})

it('T6 a cast vote and its answers are read as they were first written, and nothing else is taken', () => {
  const vote = { pollId, optionId: 'samba', voteId }
  expect(castVoteShape.parse(vote)).toEqual(vote)
  expect(castVoteShape.safeParse({ ...vote, voter: 'me' }).success).toBe(false)
  const accepted = {
    accepted: true,
    voteId,
    acceptedAt,
    remaining: 0,
    receipt: { batchId, position: 0 },
  }
  expect(voteAnswerShape.parse(accepted)).toEqual(accepted)
  for (const reason of Object.keys(voteRefusals)) {
    expect(voteAnswerShape.safeParse({ accepted: false, reason, message: '' }).success).toBe(true)
  }
})

it('T7 each refusal has a status of its kind and a sentence', () => {
  for (const { status, says } of Object.values({ ...callRefusals, ...voteRefusals })) {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(says).toMatch(/^[A-Z].*\.$/)
  }
})
