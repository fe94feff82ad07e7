/** The hash of a ledger row, reckoned another way than the product does: straight from RFC 9162's recursion. */
import { createHash } from 'node:crypto'
import type { LedgerContent } from '../contracts/ledger.ts'
import { leafHash, rootOfHashes } from './rfc9162.ts'

/** Of leaves by their texts. */
export const merkleRoot = (leaves: readonly string[]): Buffer => rootOfHashes(leaves.map(leafHash))

/** `content`: the row's bytes. */
export function rowHash(before: Uint8Array, content: Buffer): Buffer {
  const { votes, uncounted, ...header } = JSON.parse(content.toString()) as LedgerContent
  const root = merkleRoot(votes.map((vote) => JSON.stringify(vote))).toString('base64url')
  const head = JSON.stringify({ ...header, votes: votes.length, root, uncounted })
  return createHash('sha256').update(before).update(head).digest()
}
