/** The rules of what the page says of a receipt, with real trees and signatures. */
import { expect, test } from 'vitest'
import { leafHash } from '../../../tests/rfc9162.ts'
import { aKey, idOf, keySetOf, madeProof } from '../../../tests/made-proof.ts'
import type { VoteStatus } from '../../../contracts/vote.ts'
import { proofTools } from './proof-tools.ts'
import { viewReceipt, type ReceiptView } from './receipt-view.ts'

const key = aKey(7)
const keys = keySetOf(key)
const { own, proof } = madeProof(key, { votes: 5, position: 3 })
const view = (status: VoteStatus, its = own, isLate = false) =>
  viewReceipt(its, { status, keys, isLate }, proofTools)
const marks = ({ steps }: ReceiptView) => steps.map(({ mark }) => mark)
const place = { batchId: own.receipt.batchId, position: 3 }

test('RW1 a counted vote behind a signed anchor is sure, by six steps, and nothing more is waited for', () => {
  const told = view({ state: 'counted', proof })
  expect(told).toMatchObject({ tone: 'sure', title: 'Your vote is counted.', place, awaited: null })
  expect(marks(told)).toEqual(Array(6).fill('holds'))
  expect(told.steps.at(-2)?.by).toContain('anchor 4')
  expect(told.steps.at(-1)?.keyId).toBe(proof.anchor.keyId)
})

test('RW2 before the anchor, and before the ledger, the steps that come by themselves wait', () => {
  const counted = view({ state: 'counted', proof: { ...proof, anchor: null } })
  expect(counted).toMatchObject({ tone: 'waiting', awaited: 'anchor' })
  expect(marks(counted)).toEqual(['holds', 'holds', 'holds', 'holds', 'waits', 'waits'])
  expect(counted.says).toContain('within a minute')
  const queued = view({ state: 'queued' })
  expect(queued).toMatchObject({ tone: 'waiting', awaited: 'row', place: null })
  expect(marks(queued)).toEqual(['holds', 'holds', 'waits', 'waits', 'waits', 'waits'])
})

test('RW3 a proof that may not be seen yet is neither waited for nor claimed', () => {
  const told = view({ state: 'counted' })
  expect(told).toMatchObject({ tone: 'waiting', awaited: null })
  expect(told.says).toContain('That is what we say. No proof was given:')
  expect(told.says).toContain('or it cannot be made right now')
  expect(marks(told)).toEqual(['holds', 'holds', 'missing', 'missing', 'missing', 'missing'])
})

test('RW4 a receipt that was changed never looks counted, and what stands behind the failure is not looked at', () => {
  const other = view({ state: 'counted', proof }, { ...own, optionId: 'forro' })
  expect(other).toMatchObject({ tone: 'alarm', title: 'This does not add up.', place: null, awaited: null })
  expect(marks(other)).toEqual(['fails', ...Array<string>(5).fill('unlooked')])
  const forged = view({ state: 'queued' }, { ...own, receipt: { ...own.receipt, signature: 'A'.repeat(86) } })
  expect(forged).toMatchObject({ tone: 'alarm', awaited: null })
  expect(marks(forged).slice(0, 3)).toEqual(['holds', 'fails', 'unlooked'])
  // The gateway says another thing than the row.
  expect(view({ state: 'refused', proof }).tone).toBe('alarm')
})

test('RW5 a repeat, a refusal and a rejection say what counts in their place, or why', () => {
  const of = { batchId: idOf(1), position: 2 }
  const uncounted = (outcome: string) => {
    const made = madeProof(key, {
      ...{ votes: 5, position: 3 },
      uncounted: `[{"position":3,"outcome":"${outcome}","of":${JSON.stringify(of)}}]`,
    })
    return { own: made.own, proof: made.proof }
  }
  const repeat = uncounted('repeat')
  expect(view({ state: 'repeat', of, proof: repeat.proof }, repeat.own)).toMatchObject({
    ...{ tone: 'sure', place: of },
    title: 'Your vote is counted, once.',
  })
  const refused = uncounted('refused')
  expect(view({ state: 'refused', of, proof: refused.proof }, refused.own)).toMatchObject({
    ...{ tone: 'not counted', place: of },
    title: 'This vote does not count.',
  })
  // The place comes out of the ledger's row; one that was only said is called so, and another one is an alarm.
  const silent = view({ state: 'repeat', proof: repeat.proof }, repeat.own)
  expect(silent).toMatchObject({ tone: 'sure', place: of })
  expect(silent.says).toContain('The ledger says so; the place below was not checked here.')
  expect(view({ state: 'repeat', of }).says).toContain('That is what we say')
  const elsewhere = { ...of, batchId: idOf(2) }
  const lied = view({ state: 'repeat', of: elsewhere, proof: repeat.proof }, repeat.own)
  expect(lied).toMatchObject({ tone: 'alarm', place: null })
})

test('RW6 a vote that nobody finds is an alarm, and a signature of ours says so', () => {
  const signed = view({ state: 'unknown' })
  expect(signed).toMatchObject({ tone: 'alarm', title: 'We do not find this vote.', awaited: null })
  expect(signed.says).toContain('we accepted this vote')
  const { batchId, position } = own.receipt
  const bare = view({ state: 'unknown' }, { ...own, receipt: { batchId, position } })
  expect(bare.says).toContain('carries no signature')
})

test('RW7 what a receipt lacks is taken from the answer of the same place, and what it has is never replaced', () => {
  const { batchId, position } = own.receipt
  const bare = { ...own, receipt: { batchId, position } }
  expect(marks(view({ state: 'counted', proof, receipt: own.receipt }, bare))).toEqual(Array(6).fill('holds'))
  const forged = { ...own, receipt: { ...own.receipt, signature: 'A'.repeat(86) } }
  expect(view({ state: 'counted', proof, receipt: own.receipt }, forged).tone).toBe('alarm')
})

test('RW8 a vote that lies elsewhere than its receipt says is checked there, and the receipt stays what it was', () => {
  const { signed } = madeProof(key, { votes: 5, position: 3 })
  // A batch of this vote alone, as the house signed it before its memory was lost.
  const leaf = leafHash(`[0,"${own.voteId}","all","samba"]`).toString('base64url')
  const signature = signed(`urna.receipt.v1\n${idOf(9)}\n${own.pollId}\n${leaf}`)
  const first = { batchId: idOf(9), position: 0, path: '', signature, keyId: own.receipt.keyId ?? '' }
  const moved = { ...own, receipt: first }
  const told = { state: 'counted', proof, receipt: own.receipt } as const
  const its = view(told, moved)
  expect(its).toMatchObject({ tone: 'sure', place, receipt: first, liesNow: own.receipt })
  expect(its.moved).toContain('the vote lies here now. Keep your receipt.')
  expect(view({ state: 'queued', receipt: own.receipt }, moved)).toMatchObject({ place, receipt: first })
  expect(view(told, own)).toMatchObject({ moved: null, liesNow: null })
  // The signature that was checked last is not that of the voter's own.
  expect(its.steps[1]?.says).toBe('The receipt that we show now is signed.')
  expect(view(told, own).steps[1]?.says).toBe('Your receipt is signed.')
  // Its own choice holds there, and nothing else.
  const bare = { ...own, receipt: { batchId: idOf(9), position: 0 } }
  expect(view(told, bare)).toMatchObject({ tone: 'sure', receipt: bare.receipt })
  expect(view(told, { ...bare, voteId: idOf(8) }).tone).toBe('alarm')
  expect(view(told, { ...bare, optionId: 'forro' }).tone).toBe('alarm')
})

test('RW9 a receipt that names another place and was changed is an alarm, whatever lies where the house says', () => {
  const changed = { ...own, receipt: { ...own.receipt, batchId: idOf(9), position: 0 } }
  const its = view({ state: 'counted', proof, receipt: own.receipt }, changed)
  expect(its).toMatchObject({ tone: 'alarm', place: null, receipt: changed.receipt, liesNow: own.receipt })
  expect(marks(its).indexOf('fails')).toBe(1)
})

test('RW10 an anchor that does not come is called late, and no minute is promised any more', () => {
  const told = view({ state: 'counted', proof: { ...proof, anchor: null } }, own, true)
  expect(told).toMatchObject({ tone: 'waiting', awaited: 'anchor' })
  expect(told.says).toContain('The next anchor is late; show this to the broadcaster if it stays so.')
  expect([told.says, ...told.steps.map(({ says }) => says)].join(' ')).not.toContain('within a minute')
})

test('RW11 the ledger’s codes for a vote that it could not store are told in words, each its own', () => {
  const codes = ['unknown-poll', 'unknown-box', 'unknown-option', 'unreadable', 'unstorable 22P02']
  const said = codes.map((why) => view({ state: 'rejected', why }).says)
  expect(new Set(said).size).toBe(codes.length)
  for (const [i, says] of said.entries()) {
    expect(says).not.toContain(codes[i])
    expect(says).not.toContain('22P02')
  }
  expect(view({ state: 'rejected' }).says).toContain('No reason was given.')
  expect(view({ state: 'rejected', why: 'the option is gone' }).says).toContain('the option is gone')
})

test('RW12 a vote that nobody finds is sent again only while its poll is open', () => {
  const { batchId, position } = own.receipt
  const bare = view({ state: 'unknown' }, { ...own, receipt: { batchId, position } })
  expect(bare.says).toContain('While the poll is open, send it again')
  expect(bare.says).toContain('After that, save the receipt')
})

test('RW13 a key that is not known here is neither a fault nor a proof: nothing is claimed, whatever else holds', () => {
  const invented = { ...own, receipt: { ...own.receipt, keyId: 'A'.repeat(16) } }
  for (const status of [{ state: 'counted', proof }, { state: 'counted' }, { state: 'queued' }] as const) {
    const told = view(status, invented)
    expect(told).toMatchObject({ tone: 'unjudged', title: 'This cannot be checked yet.', place: null })
    expect(told.says).toContain('this proves nothing')
    expect(marks(told).slice(0, 2)).toEqual(['holds', 'unknown'])
  }
  const { anchor } = proof
  const ofAnchor = view({
    state: 'counted',
    proof: { ...proof, anchor: { ...anchor, keyId: 'A'.repeat(16) } },
  })
  expect(ofAnchor).toMatchObject({ tone: 'unjudged', place: null })
  expect(marks(ofAnchor)).toEqual([...Array<string>(5).fill('holds'), 'unknown'])
  // Nor does another place that the house shows with every step in order.
  const elsewhere = { ...invented, receipt: { ...invented.receipt, batchId: idOf(9) } }
  const moved = view({ state: 'counted', proof, receipt: own.receipt }, elsewhere)
  expect(moved).toMatchObject({ tone: 'unjudged', place: null })
  // What fails beside it, and what nobody finds, is an alarm all the same.
  expect(view({ state: 'refused', proof }, invented).tone).toBe('alarm')
  const lost = view({ state: 'unknown' }, invented)
  expect(lost).toMatchObject({ tone: 'alarm', title: 'We do not find this vote.' })
  expect(lost.says).toContain('no signature by a key that is known here')
})
