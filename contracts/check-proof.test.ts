/** Rules of the checker: a proof that is whole holds, and one that was touched fails at the step that was touched. */
import { createHash } from 'node:crypto'
import * as ed from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { aKey, anchoredRows, anchorText, idOf, keySetOf, madeProof, nodeTools } from '../tests/made-proof.ts'
import { pathInHashes } from '../tests/rfc9162.ts'
import { checkProof, proofSteps, stepSays, type OwnVote, type ProofStep } from './check-proof.ts'
import type { Proof } from './proof.ts'

const key = aKey(7)
const keys = keySetOf(aKey(9), key)
const whole = madeProof(key, { votes: 5, position: 3 })
const { own, proof } = whole
const counted = { anchorNo: 4, madeAt: '2026-11-21T20:00:00.000Z' }

const check = (its: { own?: OwnVote; proof?: Proof | null; state?: string; keys?: typeof keys }) =>
  checkProof(
    its.own ?? own,
    { proof: its.proof === undefined ? proof : its.proof, state: its.state },
    its.keys ?? keys,
    nodeTools,
  )
const resultsOf = ({ steps }: ReturnType<typeof check>) => steps.map(({ result }) => result)

describe('a proof', () => {
  it('CP1 that is whole holds in every step and names the anchor, for batches of any size and each place in them', () => {
    for (const votes of [1, 2, 3, 7, 8, 9, 500]) {
      for (const position of new Set([0, 1, votes >> 1, votes - 1])) {
        if (position >= votes) continue
        const made = madeProof(key, { votes, position })
        const checked = checkProof(made.own, { proof: made.proof, state: 'counted' }, keys, nodeTools)
        expect(checked).toEqual({
          steps: proofSteps.map((step) => ({ step, result: 'holds' })),
          ...{ failed: null, unknownKey: null, fate: { outcome: 'counted' }, anchor: counted },
        })
      }
    }
  })

  it("CP2 holds with the browser's tools as with the server's", () => {
    ed.hashes.sha512 = sha512
    const verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) =>
      ed.verify(signature, message, publicKey)
    const checked = (its: OwnVote) => checkProof(its, { proof }, keys, { sha256, verify })
    expect(checked(own).failed).toBeNull()
    expect(checked({ ...own, receipt: { ...own.receipt, signature: 'A'.repeat(86) } }).failed).toBe('receipt')
  })

  it('CP3 leaves open what is not there yet: the ledger, the anchor, the signature', () => {
    expect(resultsOf(check({ proof: null }))).toEqual(['holds', 'holds', 'open', 'open', 'open', 'open'])
    const unanchored = check({ proof: { ...proof, anchor: null } })
    expect(resultsOf(unanchored)).toEqual(['holds', 'holds', 'holds', 'holds', 'open', 'open'])
    expect(unanchored.anchor).toBeNull()
    const { batchId, position } = own.receipt
    const bare = { ...own, receipt: { batchId, position } }
    expect(resultsOf(check({ own: bare }))).toEqual(['holds', 'open', 'holds', 'holds', 'holds', 'holds'])
    expect(new Set(resultsOf(check({ own: bare, proof: null })))).toEqual(new Set(['open']))
  })

  it('CP4 says what became of a vote that was not counted, and where the one lies that was', () => {
    const of = { batchId: idOf(1), position: 2 }
    const uncounted = `[{"position":3,"outcome":"repeat","of":${JSON.stringify(of)}}]`
    const made = madeProof(key, { votes: 5, position: 3, uncounted })
    const told = checkProof(made.own, { proof: made.proof, state: 'repeat' }, keys, nodeTools)
    expect(told).toMatchObject({ failed: null, fate: { outcome: 'repeat', of }, anchor: counted })
    const lied = checkProof(made.own, { proof: made.proof, state: 'counted' }, keys, nodeTools)
    expect(lied).toMatchObject({ failed: 'outcome', fate: { outcome: 'repeat', of }, anchor: null })
  })

  it('CP8 holds the place that was said of a repeat against the place that the ledger says', () => {
    const of = { batchId: idOf(1), position: 2 }
    const uncounted = `[{"position":3,"outcome":"repeat","of":${JSON.stringify(of)}}]`
    const made = madeProof(key, { votes: 5, position: 3, uncounted })
    const failedOf = (its: OwnVote, shown: Parameters<typeof checkProof>[1]) =>
      checkProof(its, shown, keys, nodeTools).failed
    const said = { proof: made.proof, state: 'repeat' }
    expect(failedOf(made.own, { ...said, of })).toBeNull()
    expect(failedOf(made.own, { ...said, of: { ...of, position: 1 } })).toBe('outcome')
    expect(failedOf(made.own, { ...said, of: { ...of, batchId: idOf(2) } })).toBe('outcome')
    // Of a vote that the ledger counts nothing stands in another place.
    expect(failedOf(own, { proof, state: 'counted', of })).toBe('outcome')
  })
})

/** One character of a text changed, of the same kind. */
const touched = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
const withReceipt = (its: Partial<OwnVote['receipt']>) => ({
  own: { ...own, receipt: { ...own.receipt, ...its } },
})
const withProof = (its: Partial<Proof>) => ({ proof: { ...proof, ...its } })
const withAnchor = (its: Partial<NonNullable<Proof['anchor']>>) =>
  withProof({ anchor: { ...proof.anchor, ...its } })
const [path = '', signature = ''] = [own.receipt.path, own.receipt.signature]
const { anchor } = proof

const otherKey = aKey(8)
/** The anchor as whoever has a key of their own could have signed it. */
const signedByOther = {
  keyId: keySetOf(otherKey).keys[0]?.kid ?? '',
  signature: otherKey.sign(`urna.anchor.v1\n${anchor.content}`).toString('base64url'),
}

/** An anchor signed by the house whose content is another. */
const resigned = (content: string) =>
  withAnchor({ content, signature: whole.signed(`urna.anchor.v1\n${content}`) })
const content = (from: number, rows: readonly Buffer[], shard = 7) =>
  anchorText(own.pollId, 4, [anchoredRows(shard, from, rows)])

// A whole other batch, as a ledger would have it that was written anew, and properly signed.
const rewritten = madeProof(key, { votes: 6, position: 3 })
// What was admitted and signed for, but with this vote's outcome turned after the anchor was made.
const turned = proof.head.replace('"uncounted":[]', '"uncounted":[{"position":3,"outcome":"refused"}]')
// Whole and signed, but the vote's leaf stands where another one's should.
const misplaced = madeProof(key, { votes: 5, position: 3, standsAt: 1 })

const tamperings: readonly [string, ProofStep, Parameters<typeof check>[0]][] = [
  ['another option', 'vote', { own: { ...own, optionId: 'forro' } }],
  ['another box', 'vote', { own: { ...own, box: 'fans' } }],
  ['another voteId', 'vote', { own: { ...own, voteId: idOf(1) } }],
  ['another position', 'vote', withReceipt({ position: 2 })],
  ['a leaf that stands at another place', 'vote', { own: misplaced.own, proof: misplaced.proof }],
  ['a vote that is not the own', 'vote', withProof({ vote: proof.vote.replace('samba', 'forro') })],
  ["the proof's path changed", 'vote', withProof({ path: touched(proof.path, 5) })],
  ['the root in the head changed', 'vote', withProof({ head: proof.head.replace(/"root":"./, '"root":"_') })],
  ['no head at all', 'vote', withProof({ head: '{' })],
  ['a head with white space', 'vote', withProof({ head: proof.head.replace(':', ': ') })],
  ['a path that is none', 'vote', { ...withReceipt({ path: 'no path' }), proof: null }],
  [
    'another choice, before the ledger has it',
    'receipt',
    { own: { ...own, optionId: 'forro' }, proof: null },
  ],
  ["the receipt's path changed", 'receipt', withReceipt({ path: touched(path, 5) })],
  ["the receipt's signature changed", 'receipt', withReceipt({ signature: touched(signature, 5) })],
  ['a receipt of another batch', 'receipt', withReceipt({ batchId: idOf(1) })],
  ['a receipt for another poll', 'receipt', { own: { ...own, pollId: idOf(1) } }],
  // Signed well enough by the key that was put in the place of the one that the receipt names.
  [
    'a key under the name of another',
    'receipt',
    {
      ...withReceipt({ signature: madeProof(otherKey, { votes: 5, position: 3 }).own.receipt.signature }),
      keys: { keys: keySetOf(otherKey).keys.map((its) => ({ ...its, kid: own.receipt.keyId ?? '' })) },
    },
  ],
  ['a row of a batch that was written anew', 'row', { own, proof: rewritten.proof }],
  ['a row of another batch', 'row', withProof({ head: proof.head.replace('c1c5"', 'c1c6"') })],
  ['a row of another poll', 'row', withProof({ head: proof.head.replace('bf4c"', 'bf4d"') })],
  ['a state that the row does not tell', 'outcome', { state: 'repeat' }],
  ['an outcome turned later', 'chain', withProof({ head: turned })],
  ["the run's figures changed", 'chain', withProof({ head: proof.head.replace('250', '251') })],
  ['another row before', 'chain', withProof({ before: '00'.repeat(32) })],
  ['another seq', 'chain', withProof({ seq: 12 })],
  ['another shard', 'chain', withProof({ shard: 3 })],
  ['a shard that is not there', 'chain', withProof({ shard: 5 })],
  ["the anchor's path changed", 'chain', withAnchor({ path: touched(anchor.path, 5) })],
  ['no anchor at all', 'chain', withAnchor({ content: '[]' })],
  ['an anchor without the row', 'chain', resigned(content(11, whole.rows.slice(3)))],
  ['an anchor before the row', 'chain', resigned(content(9, whole.rows.slice(0, 2)))],
  [
    'an anchor of another row in its place',
    'chain',
    resigned(
      content(
        11,
        whole.rows.map((row, n) => (n === 2 ? createHash('sha256').update('!').digest() : row)),
      ),
    ),
  ],
  ["the anchor's signature changed", 'anchor', withAnchor({ signature: touched(anchor.signature, 5) })],
  [
    "the anchor's content changed",
    'anchor',
    withAnchor({ content: anchor.content.replace('20:00', '20:01') }),
  ],
  ['an anchor of another poll', 'anchor', resigned(anchor.content.replace('bf4c"', 'bf4d"'))],
]

describe('a proof that was touched', () => {
  it.each(tamperings)('CP5 %s: fails at the step "%s"', (_, step, its) => {
    const checked = check(its)
    expect(checked.failed).toBe(step)
    expect(checked.anchor).toBeNull()
    expect(checked.steps.at(-1)).toEqual({ step, result: 'fails' })
    expect(checked.steps.slice(0, -1).every(({ result }) => result !== 'fails')).toBe(true)
  })

  it('CP6 the row that every tampering starts from stands where its path says', () => {
    expect(anchor.path).toBe(pathInHashes(whole.rows, 2))
    expect(check({}).failed).toBeNull()
  })

  it('CP7 has a sentence for every step and result', () => {
    const words = proofSteps.flatMap((step) =>
      (['holds', 'fails', 'open'] as const).map((result) => stepSays(step, result)),
    )
    for (const step of ['receipt', 'anchor'] as const) words.push(stepSays(step, 'unknown'))
    expect(new Set(words).size).toBe(20)
  })
})

describe('a key that is not among those given', () => {
  it('CP9 is no fault and no proof: its step cannot be judged, and no anchor is named, whatever else holds', () => {
    const ofReceipt = check({ keys: keySetOf(aKey(9)), proof: null })
    expect(resultsOf(ofReceipt)).toEqual(['holds', 'unknown', 'open', 'open', 'open', 'open'])
    expect(ofReceipt).toMatchObject({ failed: null, unknownKey: 'receipt', anchor: null })
    const ofAnchor = check(withAnchor(signedByOther))
    expect(resultsOf(ofAnchor)).toEqual(['holds', 'holds', 'holds', 'holds', 'holds', 'unknown'])
    expect(ofAnchor).toMatchObject({ failed: null, unknownKey: 'anchor', anchor: null })
    // The house's own anchor does not make up for a receipt that names a key of nobody.
    const invented = check(withReceipt({ keyId: 'A'.repeat(16) }))
    expect(resultsOf(invented)).toEqual(['holds', 'unknown', 'holds', 'holds', 'holds', 'holds'])
    expect(invented).toMatchObject({ failed: null, unknownKey: 'receipt', anchor: null })
  })

  it('CP10 hides nothing: what fails beside it fails all the same', () => {
    const { keyId } = signedByOther
    const rowOfOther = check({ ...withReceipt({ keyId }), proof: rewritten.proof })
    expect(rowOfOther).toMatchObject({ failed: 'row', unknownKey: null })
    expect(
      check({ ...withReceipt({ keyId }), ...withAnchor({ path: touched(anchor.path, 5) }) }).failed,
    ).toBe('chain')
  })
})
