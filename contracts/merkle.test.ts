/** Rules of the tree: one root for many leaves, and no way to it but the leaf's own. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { treeOfTexts } from '../runtime/flat-tree.ts'
import { leafHash, nodeHash } from '../tests/rfc9162.ts'
import { fromBase64url } from './bytes.ts'
import { followPath, isPathTo, stepWidth, treeHashOf } from './merkle.ts'

const sizes = Array.from({ length: 130 }, (_, i) => i + 1)
const textsOf = (size: number) => Array.from({ length: size }, (_, i) => `[${i},"vote ${i} é"]`)
const trees = sizes.map((size) => treeOfTexts(textsOf(size)))
const treeOf = (size: number) => trees[size - 1]!
const pathAt = (size: number, index: number) => treeOf(size).pathOf(index)
const bare = treeHashOf((bytes) => createHash('sha256').update(bytes).digest())
const text = (bytes: Uint8Array | null | undefined) =>
  bytes == null ? null : Buffer.from(bytes).toString('base64url')
const follow = (leaf: string, path: string) => followPath(bare.leaf(leaf), path, bare, fromBase64url)

it('MT2 every path leads from its own leaf to the root, and no other leaf there', () => {
  for (const size of sizes) {
    const { root } = treeOf(size)
    const texts = textsOf(size)
    for (let i = 0; i < size; i++) {
      const path = pathAt(size, i)
      expect(text(follow(texts[i]!, path))).toBe(root)
      expect(text(follow(texts[(i + 1) % size]! + '!', path))).not.toBe(root)
    }
  }
})

it('MT3 a path with one step changed, turned, left out or added leads elsewhere', () => {
  const [size, index] = [13, 5]
  const { root } = treeOf(size)
  const leaf = textsOf(size)[index]!
  const path = pathAt(size, index)
  for (let step = 0; step < path.length; step += stepWidth) {
    const turned = path.slice(0, step) + (path[step] === 'l' ? 'r' : 'l') + path.slice(step + 1)
    const other = path[step + 1] === 'A' ? 'B' : 'A'
    const changed = path.slice(0, step + 1) + other + path.slice(step + 2)
    const shorter = path.slice(0, step) + path.slice(step + stepWidth)
    for (const wrong of [turned, changed, shorter]) expect(text(follow(leaf, wrong))).not.toBe(root)
  }
  expect(text(follow(leaf, path + path.slice(0, stepWidth)))).not.toBe(root)
  for (const none of ['x', path.slice(1), `${path}l`, path.replace(/^./, 'm'), `${path}\n`]) {
    expect(follow(leaf, none)).toBeNull()
  }
})

it('MT4 a path says by its sides which leaf of how many it belongs to', () => {
  for (const size of sizes) {
    for (let index = 0; index < size; index++) expect(isPathTo(pathAt(size, index), index, size)).toBe(true)
  }
  const path = pathAt(13, 5)
  for (let index = 0; index < 13; index++) expect(isPathTo(path, index, 13)).toBe(index === 5)
  for (const [index, size] of [
    [5, 17],
    [5, 5],
    [-1, 13],
    [5, 7],
  ]) {
    expect(isPathTo(path, index!, size!)).toBe(false)
  }
})

it('MT5 bare SHA-256 makes the hashes of RFC 9162', () => {
  const [left, right] = ['ü', ''].map(leafHash)
  expect([bare.leaf('ü'), bare.leaf(''), bare.node(left!, right!)].map(text)).toEqual(
    [left, right, nodeHash(left!, right!)].map(text),
  )
})
