/** Rules of the trees that the servers grow: they are those of RFC 9162, node for node. */
import { expect, it } from 'vitest'
import * as rfc9162 from '../tests/rfc9162.ts'
import { rootOfHashes, rootOfTexts, treeOfHashes, treeOfTexts } from './flat-tree.ts'

const textsOf = (size: number) => Array.from({ length: size }, (_, i) => `[${i},"vote ${i} é"]`)

it('FT1 a tree of texts has the root and the paths that the recursion of RFC 9162 gives it, one by one and all at once', () => {
  for (const size of [...Array.from({ length: 66 }, (_, i) => i + 1), 127, 128, 129, 200]) {
    const texts = textsOf(size)
    const hashes = texts.map(rfc9162.leafHash)
    const paths = texts.map((_, i) => rfc9162.pathInHashes(hashes, i))
    const tree = treeOfTexts(texts)
    expect([tree.root, tree.size]).toEqual([rfc9162.rootOfHashes(hashes).toString('base64url'), size])
    expect(rootOfTexts(texts)).toBe(tree.root)
    expect(texts.map((_, i) => tree.pathOf(i))).toEqual(paths)
    expect(tree.paths()).toEqual(paths)
  }
})

it('FT2 a tree of hashes takes them as its leaves as they are', () => {
  for (const size of [1, 2, 3, 7, 100, 2_000]) {
    const hashes = textsOf(size).map(rfc9162.leafHash)
    const tree = treeOfHashes(Buffer.concat(hashes))
    const root = rfc9162.rootOfHashes(hashes)
    expect([tree.root, rootOfHashes(hashes)]).toEqual([root.toString('base64url'), root])
    for (const i of [0, size >> 1, size - 1]) expect(tree.pathOf(i)).toBe(rfc9162.pathInHashes(hashes, i))
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
  for (const grow of [treeOfTexts, rootOfTexts, rootOfHashes]) expect(() => grow([])).toThrow('no root')
})
