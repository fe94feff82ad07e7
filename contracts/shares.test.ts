/** The rules of the percentages. */
import { expect, test } from 'vitest'
import { shares } from './shares.ts'

test('U1 shares are tenths of a percent and sum to 100.0 whatever the counts', () => {
  const polls = [
    [1, 1, 1],
    [1, 2],
    [15234, 20411, 7344],
    [1, 1, 1, 1, 1, 1, 1],
    [999_999_999, 1],
    [0, 3],
  ]
  for (const counts of polls) expect(shares(counts).reduce((sum, tenths) => sum + tenths, 0)).toBe(1000)
})

test('U2 what rounding leaves over goes to the largest remainder', () => {
  // 2/7 = 28.571 %, 5/7 = 71.428 %: the tenth left over belongs to the first.
  expect(shares([2, 5])).toEqual([286, 714])
})

test('U3 between equal remainders the larger count gets the tenth, then the earlier option', () => {
  // Of 2,000 votes each is half a tenth: 40.05 % and 59.95 %.
  expect(shares([801, 1_199])).toEqual([400, 600])
  expect(shares([1_199, 801])).toEqual([600, 400])
  expect(shares([1, 1, 1])).toEqual([334, 333, 333])
})

test('U4 a poll without votes has no shares', () => {
  expect(shares([0, 0, 0])).toEqual([0, 0, 0])
})

test('U5 counts of a record night stay exact', () => {
  expect(shares([1_532_944_337, 1_532_944_337])).toEqual([500, 500])
  expect(shares([2, 9_000_000_000_000 - 2])).toEqual([0, 1000])
})
