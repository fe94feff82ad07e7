/** The rules of one poll's numbers and words. */
import { expect, test } from 'vitest'
import type { TallyFrame } from '../polls/use-tally.ts'
import { columnsOf } from './columns.ts'
import { sayRefusal } from './say-refusal.ts'
import { tallyRows } from './tally-rows.ts'

const options = ['a', 'b', 'c'].map((optionId) => ({
  optionId,
  text: optionId,
  colour: null,
  pictureUrl: null,
}))
const tally = (...votes: number[]): TallyFrame => ({
  pollId: 'p',
  version: 1,
  asOf: null,
  total: votes.reduce((sum, one) => sum + one, 0),
  options: votes.map((one, i) => ({ optionId: 'abc'.charAt(i), votes: one })),
  boxes: [],
})

test('A31 shares sum to 100.0 %, and the leader is marked', () => {
  const rows = tallyRows({ options }, tally(1, 1, 1))
  expect(rows.reduce((sum, { share }) => sum + share, 0)).toBe(1_000)
  expect(rows.some(({ leads }) => leads)).toBe(false)
  expect(tallyRows({ options }, tally(5, 2, 5)).map(({ leads }) => leads)).toEqual([true, false, true])
})

test('A32 before the first frame every option stands there with nothing', () => {
  expect(tallyRows({ options }, null).map(({ votes }) => votes)).toEqual([0, 0, 0])
})

test('A33 minutes without votes are columns too, and the highest fills the chart', () => {
  const columns = columnsOf([
    { at: '2026-01-01T20:00:00Z', total: 10 },
    { at: '2026-01-01T20:13:00Z', total: 5 },
  ])
  expect(columns).toHaveLength(14)
  expect(columns.map(({ height }) => height).filter((height) => height > 0)).toEqual([1, 0.5])
})

test('A34 a chart has 12 columns at least and 60 at most, and none without votes', () => {
  const at = (minute: number) => new Date(minute * 60_000).toISOString()
  expect(columnsOf([])).toEqual([])
  expect(columnsOf([{ at: at(100), total: 1 }])).toHaveLength(12)
  const long = columnsOf(Array.from({ length: 500 }, (_, i) => ({ at: at(i), total: i })))
  expect(long).toHaveLength(60)
  expect(long.at(-1)?.votes).toBe(499)
})

test('A35 a poll with votes is not deleted, and the refusal says what to do instead', () => {
  expect(sayRefusal({ message: 'x', data: { reason: 'poll-has-votes' } })).toContain('Close it instead')
  expect(sayRefusal({ message: 'x', data: null })).toContain('did not answer')
  expect(sayRefusal({ message: 'The words of the server.', data: { reason: null } })).toBe(
    'The words of the server.',
  )
})
