/** The rules of the order in which results stand. */
import { expect, test } from 'vitest'
import { resultRows } from './rows.ts'

const option = (optionId: string) => ({
  optionId,
  text: optionId.toUpperCase(),
  colour: null,
  pictureUrl: null,
})
const options = ['a', 'b', 'c'].map(option)
const tally = {
  options: [
    { optionId: 'c', votes: 6 },
    { optionId: 'b', votes: 6 },
    { optionId: 'a', votes: 3 },
  ],
}

test('U8 while votes come in, rows keep the order of the ballot', () => {
  expect(resultRows(options, tally, false).map(({ optionId }) => optionId)).toEqual(['a', 'b', 'c'])
})

test('U9 the final result is ordered by votes, and a tie has two leaders', () => {
  const rows = resultRows(options, tally, true)
  expect(rows.map(({ optionId, votes, leads }) => [optionId, votes, leads])).toEqual([
    ['b', 6, true],
    ['c', 6, true],
    ['a', 3, false],
  ])
})

test('U10 a row keeps the colour of its place on the ballot, whatever its rank', () => {
  expect(resultRows(options, tally, true).map(({ colour }) => colour)).toEqual([
    'var(--option-2)',
    'var(--option-3)',
    'var(--option-1)',
  ])
})

test('U11 nobody leads before the first vote, and an option without a count has none', () => {
  const rows = resultRows(options, { options: [] }, false)
  expect(rows.every(({ votes, leads, tenths }) => votes === 0 && tenths === 0 && !leads)).toBe(true)
})
