/** Rules of the trees that the servers grow: they are the contract's, node for node. */
import { expect, it } from 'vitest'
import { toBase64url } from '../contracts/bytes.ts'
import { growTree, pathOf, rootOf } from '../contracts/merkle.ts'
import { pathInHashes, rootOfHashes } from '../tests/rfc9162.ts'
import { rootOfTexts, treeOfHashes, treeOfTexts } from './flat-tree.ts'
import { treeHash } from './tree-hash.ts'

const textsOf = (size: number) => Array.from({ length: size }, (_, i) => `[${i},"vote ${i} é"]`)

it('FT1 a tree of texts has the root and the paths that the contract grows, one by one and all at once', () => {
  for (const size of [...Array.from({ length: 130 }, (_, i) => i + 1), 255, 256, 257, 499, 500, 1_300]) {
    const texts = textsOf(size)
    const expected = growTree(texts.map(treeHash.leaf), treeHash)
    const paths = texts.map((_, i) => pathOf(expected, i, toBase64url))
    const tree = treeOfTexts(texts)
    expect([tree.root, tree.size]).toEqual([toBase64url(rootOf(expected)), size])
    expect(rootOfTexts(texts)).toBe(tree.root)
    expect(texts.map((_, i) => tree.pathOf(i))).toEqual(paths)
    expect(tree.paths()).toEqual(paths)
  }
})

it('FT2 a tree of hashes takes them as its leaves as they are', () => {
  for (const size of [1, 2, 3, 7, 100, 2_000]) {
    const hashes = textsOf(size).map(treeHash.leaf)
    const tree = treeOfHashes(Buffer.concat(hashes))
    expect(tree.root).toBe(rootOfHashes(hashes).toString('base64url'))
    for (const i of [0, size >> 1, size - 1]) expect(tree.pathOf(i)).toBe(pathInHashes(hashes, i))
  }
})

it('FT3 a tree stays what it was while others are grown', () => {
  const one = treeOfTexts(textsOf(9))
  const before = [one.root, ...one.paths()]
  treeOfTexts(textsOf(700))
  treeOfTexts(['another'])
  expect([one.root, ...one.paths()]).toEqual(before)
})

it('FT4 a tree without leaves is none', () => {
  expect(() => treeOfTexts([])).toThrow('no root')
})
