/** The hash of a ledger row, reckoned another way than the product does: straight from RFC 9162's recursion. */
import { createHash } from 'node:crypto'
import type { LedgerContent } from '../contracts/ledger.ts'

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part)
  return sum.digest()
}

/** MTH of RFC 9162, section 2.1.1: split at the largest power of two below the number of leaves. */
export function merkleRoot(leaves: readonly string[]): Buffer {
  const [only] = leaves
  if (only !== undefined && leaves.length === 1) return sha256(Uint8Array.of(0), only)
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return sha256(Uint8Array.of(1), merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)))
}

/** The same of leaves that are hashes as they are. */
export function merkleNodes(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (only !== undefined && leaves.length === 1) return only
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return sha256(Uint8Array.of(1), merkleNodes(leaves.slice(0, half)), merkleNodes(leaves.slice(half)))
}

/** `content`: the row's bytes. */
export function rowHash(before: Uint8Array, content: Buffer): Buffer {
  const { votes, ...rest } = JSON.parse(content.toString()) as LedgerContent
  const root = merkleRoot(votes.map((vote) => JSON.stringify(vote))).toString('base64url')
  const { uncounted, ...header } = rest
  return sha256(before, JSON.stringify({ ...header, votes: votes.length, root, uncounted }))
}
