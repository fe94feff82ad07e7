/** SHA-256 for Merkle trees (RFC 9162), by node:crypto's one-shot hash: a third of the price of a Hash object. */
import { hash } from 'node:crypto'

const pair = Buffer.alloc(65)
pair[0] = 1

/** Fits contracts/merkle.ts. */
export const treeHash = {
  leaf: (text: string): Buffer => hash('sha256', `\0${text}`, 'buffer'),
  node(left: Uint8Array, right: Uint8Array): Buffer {
    pair.set(left, 1)
    pair.set(right, 33)
    return hash('sha256', pair, 'buffer')
  },
}
