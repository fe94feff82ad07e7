/** The rules of catching up. */
import { expect, test } from 'vitest'
import { catchUp } from './catch-up.ts'

/** So many votes come in each pass. */
async function passes(...votes: number[]): Promise<{ all: number; left: number }> {
  const all = await catchUp(async () => votes.shift() ?? 0)
  return { all, left: votes.length }
}

test('CU1 what is left gets smaller pass by pass, and the last pass takes little', async () => {
  expect(await passes(0, 9)).toEqual({ all: 0, left: 1 })
  expect(await passes(90_000, 30_000, 9_000, 1_999, 5)).toEqual({ all: 130_999, left: 1 })
})

test('CU2 it ends where three passes in all have not become smaller', async () => {
  expect(await passes(5_000, 5_000, 5_001, 6_000, 7)).toEqual({ all: 21_001, left: 1 })
  expect(await passes(9_000, 9_000, 9_500, 8_000, 8_000, 8_500, 8_200, 7)).toEqual({ all: 60_200, left: 1 })
})
