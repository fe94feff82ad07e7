/** The rules of group commit. */
import { expect, it } from 'vitest'
import { makeGroupCommit } from './group-commit.ts'

/** A commit that is let go by hand, and what it was given. */
function heldCommit(most: number, weigh?: (item: number) => number) {
  const groups: (readonly number[])[] = []
  const release: (() => void)[] = []
  const group = makeGroupCommit<number, string>({
    most,
    ...(weigh && { weigh }),
    commit: async (items) => {
      groups.push(items)
      await new Promise<void>((resolve) => release.push(resolve))
      return items.map((item) => `done ${item}`)
    },
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const letGo = async () => {
    while (release.length === 0) await turn()
    release.shift()?.()
  }
  return { group, groups, letGo, turn }
}

it('GC1 what arrives while a group is under way forms the next one', async () => {
  const { group, groups, letGo, turn } = heldCommit(10)
  const first = [group.add(1), group.add(2)]
  await turn()
  await turn()
  const second = [group.add(3), group.add(4), group.add(5)]
  await letGo()
  expect(await Promise.all(first)).toEqual(['done 1', 'done 2'])
  await letGo()
  expect(await Promise.all(second)).toEqual(['done 3', 'done 4', 'done 5'])
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
})

it('GC2 a group is never heavier than its most, and an item heavier than that goes alone', async () => {
  const { group, groups, letGo } = heldCommit(5, (item) => item)
  const all = Promise.all([3, 2, 4, 9, 1].map((item) => group.add(item)))
  for (let i = 0; i < 4; i++) await letGo()
  await all
  expect(groups).toEqual([[3, 2], [4], [9], [1]])
})

it('GC3 a commit that fails rejects its own group and no other', async () => {
  let fails = true
  const group = makeGroupCommit<number, number>({
    most: 2,
    commit: async (items) => {
      if (fails) {
        fails = false
        throw new Error('away')
      }
      return items
    },
  })
  const settled = await Promise.allSettled([1, 2, 3].map((item) => group.add(item)))
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

it('GC4 is drained when nothing is held or under way, at once where nothing was', async () => {
  const { group, letGo } = heldCommit(10)
  await group.drained()
  const added = group.add(1)
  let drained = false
  const draining = group.drained().then(() => (drained = true))
  expect(group.held()).toBe(1)
  expect(drained).toBe(false)
  await letGo()
  await Promise.all([added, draining])
  expect(group.held()).toBe(0)
})

it('GC5 an answer for each item is demanded', async () => {
  const group = makeGroupCommit<number, number>({ most: 10, commit: async () => [] })
  await expect(group.add(1)).rejects.toThrow('answered with 0 results')
})

it('GC6 a paced group waits until it is full enough or its pause is over, and not at all when it is quiet', async () => {
  const groups: number[][] = []
  const group = makeGroupCommit<number, number>({
    most: 10,
    pace: { enough: 3, pauseMs: 3_600_000 },
    commit: async (items) => {
      groups.push([...items])
      return items
    },
  })
  await group.add(1)
  const paced = [group.add(2), group.add(3)]
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve))
  expect(groups).toEqual([[1]])
  await Promise.all([...paced, group.add(4)])
  expect(groups).toEqual([[1], [2, 3, 4]])
  const hasty = makeGroupCommit<number, number>({
    most: 10,
    pace: { enough: 3, pauseMs: 5 },
    commit: async (items) => items,
  })
  await hasty.add(1)
  expect(await hasty.add(2)).toBe(2)
})

it('GC7 an item without an answer in time hears so, and one that is in no group yet is dropped', async () => {
  const release: (() => void)[] = []
  const groups: (readonly number[])[] = []
  const group = makeGroupCommit<number, string>({
    most: 10,
    late: { withinMs: 20, answer: () => 'late' },
    commit: async (items) => {
      groups.push(items)
      await new Promise<void>((resolve) => release.push(resolve))
      return items.map(() => 'done')
    },
  })
  const first = group.add(1)
  await new Promise((resolve) => setImmediate(resolve))
  const second = group.add(2)
  expect(await Promise.all([first, second])).toEqual(['late', 'late'])
  expect(group.held()).toBe(1)
  release[0]?.()
  await group.drained()
  expect(groups).toEqual([[1]])
})
