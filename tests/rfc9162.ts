/** Merkle trees another way than the product grows them: straight from the recursion of RFC 9162, section 2.1. */
import { createHash } from 'node:crypto'

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part)
  return sum.digest()
}

export const leafHash = (text: string): Buffer => sha256(Uint8Array.of(0), text)

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Uint8Array.of(1), left, right)

/** The largest power of two below the number of leaves. */
const halfOf = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1)

/** MTH, of leaves that are hashes already. */
export function rootOfHashes(hashes: readonly Uint8Array[]): Buffer {
  const [only] = hashes
  if (only === undefined) throw new Error('no leaves')
  if (hashes.length === 1) return Buffer.from(only)
  const half = halfOf(hashes.length)
  return nodeHash(rootOfHashes(hashes.slice(0, half)), rootOfHashes(hashes.slice(half)))
}

/** PATH, written as contracts/merkle.ts writes paths. */
export function pathInHashes(hashes: readonly Uint8Array[], index: number): string {
  if (hashes.length === 1) return ''
  const half = halfOf(hashes.length)
  const [left, right] = [hashes.slice(0, half), hashes.slice(half)]
  return index < half
    ? `${pathInHashes(left, index)}r${rootOfHashes(right).toString('base64url')}`
    : `${pathInHashes(right, index - half)}l${rootOfHashes(left).toString('base64url')}`
}
