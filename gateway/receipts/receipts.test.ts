/** Rules of what the receipts remember: never more than its bound, and nothing that was not so. */
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { treeOfTexts } from '../../runtime/flat-tree.ts'
import { makeKeptTrees, type PlacedTree } from './kept-trees.ts'
import { rememberReads } from './remember-reads.ts'

const treeOf = (votes: number, first = 0, batchId = uuidv7()): PlacedTree => ({
  ...{ batchId, first, signature: 'signed', keyId: 'key' },
  tree: treeOfTexts(Array.from({ length: votes }, (_, i) => `${batchId} ${first + i}`)),
})

describe('the kept trees', () => {
  it('KT1 know every place of a batch of several polls, and no other place', () => {
    const kept = makeKeptTrees(() => 0)
    const [one, two] = [treeOf(3), treeOf(4, 3)]
    const ofBatch = { ...two, batchId: one.batchId }
    kept.keep([one, ofBatch])
    const paths = [...one.tree.paths(), ...two.tree.paths()]
    for (const [position, path] of paths.entries()) {
      const whole = { batchId: one.batchId, position, path, signature: 'signed', keyId: 'key' }
      expect(kept.receiptAt(one.batchId, position)).toEqual(whole)
    }
    expect([-1, 7].map((position) => kept.receiptAt(one.batchId, position))).toEqual([null, null])
    expect(kept.receiptAt(two.batchId, 3)).toBeNull()
  })

  it('KT2 forget what is older than half a minute, and the oldest where there is too much', () => {
    let now = 0
    const kept = makeKeptTrees(() => now, 3 * (88 * 10 + 600))
    const knows = (tree: PlacedTree) => kept.receiptAt(tree.batchId, 0) !== null
    const trees = Array.from({ length: 5 }, () => treeOf(10))
    for (const tree of trees) kept.keep([tree])
    expect(trees.map(knows)).toEqual([false, false, true, true, true])
    now = 29_999
    const late = treeOf(1)
    kept.keep([late])
    expect([...trees.slice(3), late].map(knows)).toEqual([true, true, true])
    now = 30_000
    const later = treeOf(1)
    kept.keep([later])
    expect([...trees.slice(3), late, later].map(knows)).toEqual([false, false, true, true])
  })
})

describe('a memory of reads', () => {
  it('RR1 reads once what is there, again what is not there yet or failed, and forgets what was used least lately', async () => {
    const reads: string[] = []
    const there = new Map<string, string>()
    let fails = false
    const read = rememberReads<string, string>({
      keyOf: (thing) => thing,
      async read(thing) {
        reads.push(thing)
        if (fails) throw new Error('away')
        return there.get(thing) ?? null
      },
      weigh: (value) => value.length,
      mostBytes: 6,
    })
    expect(await read('a')).toBeNull()
    there.set('a', 'aaa').set('b', 'bbb').set('c', 'ccc')
    expect(await Promise.all([read('a'), read('a'), read('b')])).toEqual(['aaa', 'aaa', 'bbb'])
    expect(reads).toEqual(['a', 'a', 'b'])
    fails = true
    expect([await read('a'), await read('b'), await read('a')]).toEqual(['aaa', 'bbb', 'aaa'])
    await expect(read('c')).rejects.toThrow('away')
    fails = false
    expect(await read('c')).toBe('ccc')
    expect(await read('a')).toBe('aaa')
    expect(reads).toEqual(['a', 'a', 'b', 'c', 'c'])
    expect(await read('b')).toBe('bbb')
    expect(reads.at(-1)).toBe('b')
  })
})
