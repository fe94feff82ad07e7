/** Rules of the worker's own arithmetic: what it writes is what the contracts say, however it writes it. */
import { randomBytes, randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import {
  batchShape,
  decodeEntry,
  entryWidth,
  hollowBatch,
  looseBatchShape,
  type BatchEntry,
} from '../../contracts/batch.ts'
import { canonicalBytes } from '../../contracts/ledger.ts'
import { growPolls } from './grow-polls.ts'
import { inKeyOrder } from './key-order.ts'
import { knownPoll } from './known-poll.ts'
import { rejectedVotes, type Unstored } from './ledger-row.ts'
import { hollowShape, partsOf, type ReceivedBatch } from './received-batch.ts'
import { mendedParts, voteColumns } from './vote-columns.ts'
import { madeBatch } from '../../tests/made-batch.ts'
import { rowHash } from '../../tests/row-hash.ts'

const names = [
  'samba',
  'a "quoted" name',
  'back\\slash',
  'ção',
  '日本',
  '😀',
  '"votes":[]',
  '\u2028',
  '\u0000',
]
const polls = new Map(
  [7, 8].map((pollNo) => [
    pollNo,
    knownPoll({
      pollNo,
      pollId: pollNo === 7 ? uuidv7() : '"votes":[]',
      isRehearsal: pollNo === 8,
      options: names,
      boxes: [
        { boxId: 'audience', oncePerPoll: true },
        { boxId: 'fan "vote"', oncePerPoll: false },
      ],
    }),
  ]),
)

const anyVote = (): BatchEntry => ({
  ...{ optionNo: randomInt(100), boxNo: randomInt(10) },
  ...{ voterKey: randomBytes(16).toString('hex'), voteId: uuidv7() },
})

/** So many votes of each of these polls. */
function batchOf(polls: readonly (readonly [pollNo: number, votes: number])[]): ReceivedBatch {
  const header = { run: uuidv7(), seq: 3, accepted: 900, at: 1_700_000_000_000 + randomInt(100_000) }
  const parts = polls.map(([pollNo, votes]) => ({
    ...{ pollNo, accepted: votes + randomInt(50) },
    votes: Array.from({ length: votes }, anyVote),
  }))
  return { batchId: uuidv7(), batch: madeBatch(header, parts) }
}

describe('the worker', () => {
  it('K2 takes a batch apart by poll and by column as decodeEntry reads it', () => {
    const batches = [
      batchOf([[7, 500]]),
      batchOf([
        [7, 100],
        [8, 150],
        [99, 50],
      ]),
      batchOf([[99, 40]]),
    ]
    const parts = partsOf([...batches, ...batches])
    expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(840)
    expect(parts.map(({ at }) => at)).toEqual(parts.map(({ at }) => at).sort((a, b) => a - b))
    const columns = voteColumns(parts)
    let vote = 0
    for (const [index, part] of parts.entries()) {
      const { batch } = batches.find(({ batchId }) => batchId === part.batchId) ?? batchOf([[1, 1]])
      const place = batch.polls.indexOf(part.pollNo)
      const before = batch.sizes.slice(0, place).reduce((sum, size) => sum + size, 0)
      expect([part.size, part.accepted]).toEqual([batch.sizes[place], batch.pollAccepted[place]])
      for (let i = 0; i < part.size; i++, vote++) {
        const read = decodeEntry(batch.votes, before + i)
        expect([columns.part[vote], columns.position[vote]]).toEqual([index, i])
        expect([columns.boxNo[vote], columns.optionNo[vote]]).toEqual([read.boxNo, read.optionNo])
        expect(columns.voterKey.toString('hex', vote * 16, vote * 16 + 16)).toBe(read.voterKey)
        expect(columns.voteId.toString('hex', vote * 16, vote * 16 + 16)).toBe(
          read.voteId.replaceAll('-', ''),
        )
      }
    }
  })

  it('K5 reads no vote that batchShape would not have, and every other one; it writes down what can be', () => {
    const { batch } = batchOf([[7, 3]])
    for (let round = 0; round < 2_000; round++) {
      const at = randomInt(batch.votes.length)
      const entryAt = Math.floor(at / entryWidth)
      // Half of them with a low byte that is a digit's.
      const odd = String.fromCharCode(round % 2 === 0 ? randomInt(300) : randomInt(1, 200) * 256 + 48)
      const its = { ...batch, votes: batch.votes.slice(0, at) + odd + batch.votes.slice(at + 1) }
      const parts = partsOf([{ batchId: 'one', batch: its }])
      const columns = voteColumns(parts)
      const isOdd = !batchShape.safeParse(its).success
      expect([...columns.unreadable]).toEqual(isOdd ? [entryAt] : [])
      const mended = mendedParts(parts, columns).map(({ entries }) => entries)
      const text = mended.join('')
      expect(batchShape.safeParse({ ...batch, votes: text }).success).toBe(true)
      for (let i = 0; i < 3; i++) {
        const read = decodeEntry(text, i)
        if (i !== entryAt || !isOdd) expect(read).toEqual(decodeEntry(its.votes, i))
        else if (at % entryWidth < entryWidth - 36)
          expect(read.voteId).toBe(decodeEntry(batch.votes, i).voteId)
        else expect(read.voteId).toBe('00000000-0000-0000-0000-000000000000')
      }
    }
    for (const cut of [0, 1, 70, 72]) {
      const its = { ...batch, votes: batch.votes.slice(0, cut) }
      expect(looseBatchShape.safeParse(its).success).toBe(false)
    }
    expect(hollowShape.parse(hollowBatch)).toEqual(hollowBatch)
    expect(looseBatchShape.parse(batch)).toEqual(batch)
  })

  it('K3 writes a row byte for byte as canonicalBytes does, counts what it counted, and chains the rows', () => {
    for (let round = 0; round < 50; round++) {
      const mixed = batchOf([
        [8, 25],
        [7, 20],
        [99, 15],
      ])
      const parts = partsOf([batchOf([[7, 20]]), mixed])
      const columns = voteColumns(parts)
      const unstored = rejectedVotes(parts, polls, columns)
      const of = { batchId: uuidv7(), position: 4 }
      for (let vote = 0; vote < columns.size; vote++) {
        if (unstored.has(vote) || randomInt(4) > 0) continue
        unstored.set(vote, { outcome: randomInt(2) === 0 ? 'repeat' : 'refused', of } satisfies Unstored)
      }
      const head = { seq: 41, hash: randomBytes(32), counts: [] }
      const { rows, growths } = growPolls(parts, polls, columns, unstored, new Map([[7, head]]))
      const last = new Map<number, Buffer>([[7, head.hash]])
      let first = 0
      for (const { part, content, hash, tally } of rows) {
        const poll = polls.get(part.pollNo)
        const from = first
        first += part.size
        const its = Array.from({ length: part.size }, (_, i) => ({ i, read: decodeEntry(part.entries, i) }))
        const { batchId, run, accepted } = part
        const expected = canonicalBytes({
          ...{ pollId: poll?.pollId ?? '', batchId, run, runAccepted: accepted },
          acceptedAt: new Date(part.at).toISOString(),
          ...(part.pollNo === 8 && { rehearsal: true }),
          votes: its.map(({ i, read: { voteId, boxNo, optionNo } }) => [
            i,
            voteId,
            poll?.boxes[boxNo]?.boxId ?? String(boxNo),
            poll?.options[optionNo] ?? String(optionNo),
          ]),
          uncounted: its.flatMap(({ i }) => {
            const what = unstored.get(from + i)
            return what === undefined ? [] : [{ position: i, ...what }]
          }),
        })
        expect(content.toString()).toBe(expected.toString())
        const before = last.get(part.pollNo) ?? Buffer.alloc(32)
        expect(hash.equals(rowHash(before, content))).toBe(true)
        last.set(part.pollNo, hash)
        expect(Object.values(tally).reduce((sum, n) => sum + n, 0)).toBe(part.size)
      }
      for (const { pollNo, head: now, minutes } of growths) {
        const ofPoll = rows.filter(({ part }) => part.pollNo === pollNo)
        expect(now.seq).toBe((pollNo === 7 ? 41 : 0) + ofPoll.length)
        const counted = ofPoll.reduce((sum, { tally }) => sum + tally.counted, 0)
        const sum = (counts: readonly number[]) => counts.reduce((total, n) => total + n, 0)
        expect(sum(now.counts)).toBe(counted)
        expect(sum([...minutes.values()].map(sum))).toBe(counted)
      }
    }
  })

  it('K4 orders keys the same way whatever their company, equal ones as they came', () => {
    const alike = Buffer.from('00000000000000000000000000000000', 'hex')
    const keys = Array.from({ length: 3_000 }, (_, i) => {
      const key = i % 3 === 0 ? Buffer.from(alike) : randomBytes(16)
      if (i % 3 === 0) key.writeUInt16BE(i % 7, 4)
      return key
    })
    const order = [...inKeyOrder(Buffer.concat(keys), keys.length)]
    const rank = (i: number) => (keys[i]?.toString('hex', 12) ?? '') + (keys[i]?.toString('hex') ?? '')
    const expected = keys
      .map((_, i) => i)
      .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a - b))
    expect(order).toEqual(expected)
  })
})
