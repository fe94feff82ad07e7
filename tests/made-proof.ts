/** A ledger's chain, an anchor and a receipt made by hand, with nothing of the product but its signatures and shapes. */
import { createHash } from 'node:crypto'
import type { OwnVote, ProofTools } from '../contracts/check-proof.ts'
import type { Proof } from '../contracts/proof.ts'
import type { KeySet } from '../contracts/signing.ts'
import { makeCheckSignature, openSigningKey, type SigningKey } from '../runtime/signing-key.ts'
import { leafHash, pathInHashes, rootOfHashes } from './rfc9162.ts'

/** node:crypto for the checker. */
export const nodeTools: ProofTools = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  verify: (signature, message, publicKey) =>
    makeCheckSignature(Buffer.from(publicKey))(Buffer.from(message).toString(), Buffer.from(signature)),
}

export const keyIdOf = ({ publicKey }: Pick<SigningKey, 'publicKey'>): string =>
  createHash('sha256')
    .update(`{"crv":"Ed25519","kty":"OKP","x":"${publicKey.toString('base64url')}"}`)
    .digest('base64url')
    .slice(0, 16)

export const keySetOf = (...keys: readonly SigningKey[]): KeySet => ({
  keys: keys.map((key) => ({
    ...{ kty: 'OKP', crv: 'Ed25519', use: 'sig' },
    ...{ kid: keyIdOf(key), x: key.publicKey.toString('base64url') },
  })),
})

export interface AnchoredRows {
  readonly shard: number
  readonly seq: number
  readonly hash: string
  readonly from: number
  readonly root: string
}

/** `hashes`: of the rows from `from` on. */
export const anchoredRows = (shard: number, from: number, hashes: readonly Buffer[]): AnchoredRows => ({
  ...{ shard, from, seq: from + hashes.length - 1 },
  hash: (hashes.at(-1) ?? Buffer.alloc(0)).toString('hex'),
  root: rootOfHashes(hashes).toString('hex'),
})

/** The text of an anchor, written out. */
export const anchorText = (pollId: string, anchorNo: number, shards: readonly AnchoredRows[]): string =>
  `{"pollId":"${pollId}","anchorNo":${anchorNo},"madeAt":"2026-11-21T20:00:00.000Z","before":"${'0'.repeat(64)}",` +
  `"shards":[${shards
    .map(
      ({ shard, seq, hash, from, root }) =>
        `{"shard":${shard},"seq":${seq},"hash":"${hash}","from":${from},"root":"${root}"}`,
    )
    .join(',')}]}`

export const pollId = '01a1fbef-ef64-7761-a775-b3de4520bf4c'
const batchId = '01a1fbef-f0ad-7619-a961-e9671316c1c5'
export const idOf = (n: number): string => `01a1fbef-ef98-74c7-a30d-${String(n).padStart(12, '0')}`

/**
 * A batch of `votes`, its row the third of five in an anchor of shard 7; the vote at `position` with all its proof.
 * `standsAt`: where its leaf is in truth, the one that should be there in its place.
 */
export function madeProof(
  key: SigningKey,
  its: { votes: number; position: number; uncounted?: string; standsAt?: number },
) {
  const { votes, position, uncounted = '[]', standsAt = position } = its
  const swapped = new Map([
    [position, standsAt],
    [standsAt, position],
  ])
  const leaves = Array.from({ length: votes }, (_, i) => swapped.get(i) ?? i).map(
    (i) => `[${i},"${idOf(i)}","all","samba"]`,
  )
  const hashes = leaves.map(leafHash)
  const root = rootOfHashes(hashes).toString('base64url')
  const path = pathInHashes(hashes, standsAt)
  const head =
    `{"pollId":"${pollId}","batchId":"${batchId}","run":"${idOf(900)}","runAccepted":250,` +
    `"acceptedAt":"2026-11-21T02:29:28.374Z","votes":${votes},"root":"${root}","uncounted":${uncounted}}`
  const before = createHash('sha256').update('the row before').digest()
  const rowHash = createHash('sha256').update(before).update(head).digest()
  const rows = [0, 1, 2, 3, 4].map((n) =>
    n === 2 ? rowHash : createHash('sha256').update(`row ${n}`).digest(),
  )
  const content = anchorText(pollId, 4, [anchoredRows(3, 1, rows.slice(0, 1)), anchoredRows(7, 11, rows)])
  const signed = (text: string) => key.sign(text).toString('base64url')
  const own: OwnVote = {
    ...{ pollId, box: 'all', optionId: 'samba', voteId: idOf(position) },
    receipt: {
      ...{ batchId, position, path, keyId: keyIdOf(key) },
      signature: signed(`urna.receipt.v1\n${batchId}\n${pollId}\n${root}`),
    },
  }
  const proof: Proof & { anchor: object } = {
    ...{ vote: leaves[standsAt] ?? '', path, head, before: before.toString('hex'), shard: 7, seq: 13 },
    anchor: {
      ...{ content, keyId: keyIdOf(key), path: pathInHashes(rows, 2) },
      signature: signed(`urna.anchor.v1\n${content}`),
    },
  }
  return { own, proof, rows, signed }
}

export const aKey = (byte: number): SigningKey => openSigningKey(Buffer.alloc(32, byte))
