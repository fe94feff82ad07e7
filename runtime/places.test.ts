/** The rules of places. */
import { expect, test, vi } from 'vitest'
import { makePlaces } from './places.ts'

test('PL1 no more are in at a time than there are places, and the longest waiting goes first', async () => {
  const { enter } = makePlaces({ most: 2, mostWaiting: 10, waitsForMs: 60_000 })
  const begun: number[] = []
  const doors = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const all = doors.map(({ promise }, i) =>
    enter(async () => {
      begun.push(i)
      await promise
      return i
    }),
  )
  expect(begun).toEqual([0, 1])
  doors[1]?.resolve()
  expect(await all[1]).toBe(1)
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]))
  doors[0]?.reject(new Error('it failed'))
  await expect(all[0]).rejects.toThrow('it failed')
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2, 3]))
  for (const door of doors) door.resolve()
  expect(await Promise.all(all.slice(2))).toEqual([2, 3])
  expect(await enter(async () => 'in')).toBe('in')
})

test('PL2 who waits too long or behind too many is turned away, and takes no place', async () => {
  vi.useFakeTimers()
  try {
    const { enter } = makePlaces({ most: 1, mostWaiting: 1, waitsForMs: 1_000 })
    const door = Promise.withResolvers<string>()
    const first = enter(() => door.promise)
    const second = enter(async () => 'never')
    expect(await enter(async () => 'never')).toBeNull()
    vi.advanceTimersByTime(1_000)
    expect(await second).toBeNull()
    door.resolve('done')
    expect(await first).toBe('done')
    expect(await enter(async () => 'in')).toBe('in')
  } finally {
    vi.useRealTimers()
  }
})
