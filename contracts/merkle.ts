/** Merkle trees as RFC 9162 has them: one root for many leaves, and for each leaf a short path that leads to it. */
import { utf8 } from './bytes.ts'

/**
 * SHA-256, given by whoever calls: node:crypto on a server, a library in a browser.
 * leaf: of the byte 0 and the text in UTF-8. node: of the byte 1 and both children.
 */
export interface TreeHash {
  readonly leaf: (text: string) => Uint8Array
  readonly node: (left: Uint8Array, right: Uint8Array) => Uint8Array
}

/** The same out of bare SHA-256. */
export function treeHashOf(sha256: (bytes: Uint8Array) => Uint8Array): TreeHash {
  return {
    leaf: (text) => sha256(Uint8Array.of(0, ...utf8(text))),
    node: (left, right) => sha256(Uint8Array.of(1, ...left, ...right)),
  }
}

/**
 * One step of a path as text: the side on which the sibling stands (l or r), and its 32 bytes in base64url. A path goes
 * from the leaf up, '' where the leaf is the root; a node without a sibling goes up as it is.
 */
export const stepWidth = 44

const stepShape = /^(?:[lr][A-Za-z0-9_-]{43})*$/

/** Where a path leads to from this leaf; null where it is no path. */
export function followPath(
  leaf: Uint8Array,
  path: string,
  { node }: Pick<TreeHash, 'node'>,
  decode: (text: string) => Uint8Array,
): Uint8Array | null {
  if (!stepShape.test(path)) return null
  let at = leaf
  for (let start = 0; start < path.length; start += stepWidth) {
    const sibling = decode(path.slice(start + 1, start + stepWidth))
    at = path[start] === 'l' ? node(sibling, at) : node(at, sibling)
  }
  return at
}

/** Whether a path of this form can lead from the leaf at `index` of a tree of `size` leaves. */
export function isPathTo(path: string, index: number, size: number): boolean {
  if (index < 0 || index >= size) return false
  let sides = ''
  for (let at = index, last = size - 1; last > 0; at >>= 1, last >>= 1) {
    if (at % 2 === 1) sides += 'l'
    else if (at < last) sides += 'r'
  }
  if (path.length !== sides.length * stepWidth) return false
  for (let step = 0; step < sides.length; step++) if (path[step * stepWidth] !== sides[step]) return false
  return true
}
