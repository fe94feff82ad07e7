/** Rules of what the receipts remember: never more than its bound, and nothing that was not so. */
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { treeOfTexts } from '../../runtime/flat-tree.ts'
import { makeKeptTrees } from './kept-trees.ts'
import { rememberReads } from './remember-reads.ts'
import type { SignedTree } from './signed-tree.ts'

const treeOf = (votes: number, batchId = uuidv7(), pollId = uuidv7()): SignedTree => ({
  ...{ batchId, pollId, signature: 'signed', keyId: 'key' },
  tree: treeOfTexts(Array.from({ length: votes }, (_, i) => `${pollId} ${i}`)),
})

describe('the kept trees', () => {
  it('KT1 know every place of a batch of several polls, and no other place', () => {
    const kept = makeKeptTrees(() => 0)
    const one = treeOf(3)
    const { batchId } = one
    const two = treeOf(4, batchId)
    kept.keep([one, two])
    for (const { pollId, tree } of [one, two]) {
      for (const [position, path] of tree.paths().entries()) {
        const whole = { batchId, position, path, signature: 'signed', keyId: 'key' }
        expect(kept.receiptAt(pollId, { batchId, position })).toEqual(whole)
      }
    }
    expect(kept.receiptAt(one.pollId, { batchId, position: 3 })).toBeNull()
    expect(kept.receiptAt(two.pollId, { batchId, position: 4 })).toBeNull()
    expect(kept.receiptAt(uuidv7(), { batchId, position: 0 })).toBeNull()
    expect(kept.receiptAt(one.pollId, { batchId: uuidv7(), position: 0 })).toBeNull()
  })

  it('KT2 forget what is older than half a minute, and the oldest where there is too much', () => {
    let now = 0
    const kept = makeKeptTrees(() => now, 3 * (88 * 10 + 600))
    const knows = ({ pollId, batchId }: SignedTree) =>
      kept.receiptAt(pollId, { batchId, position: 0 }) !== null
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
