/** The rules of how shares over time become lines. */
import { expect, test } from 'vitest'
import { columnsOf, hourMs } from '../poll/columns.ts'
import { shareOf, sharesByBox } from './share-lines.ts'

const point = (boxId: string, minute: number, a: number, b: number) => ({
  ...{ boxId, at: new Date(minute * 60_000).toISOString() },
  options: [
    { optionId: 'a', votes: a },
    { optionId: 'b', votes: b },
  ],
})

test('AT1 each box has a line for each option, in time and in order, and a box without votes has none', () => {
  const boxes = sharesByBox(
    [point('fans', 12, 3, 1), point('fans', 10, 1, 1), point('fans', 11, 1, 3)],
    ['audience', 'fans'],
    ['b', 'a'],
  )
  expect(boxes).toHaveLength(1)
  const [fans] = boxes
  expect(fans?.boxId).toBe('fans')
  expect(fans?.lines.map(({ optionId }) => optionId)).toEqual(['b', 'a'])
  expect(fans?.lines[1]?.points).toEqual([
    { x: 0, share: 0.5 },
    { x: 0.5, share: 0.25 },
    { x: 1, share: 0.75 },
  ])
  expect(fans?.lines[0]?.lastShare).toBe(0.25)
})

test('AT2 one minute alone is a moment, and nothing divides by nothing', () => {
  const [box] = sharesByBox([point('fans', 10, 0, 0)], ['fans'], ['a', 'gone'])
  expect(box?.fromMs).toBe(box?.toMs)
  expect(box?.lines.map(({ lastShare }) => lastShare)).toEqual([0, 0])
  expect(shareOf([{ optionId: 'a', votes: 1 }], 'b')).toBe(0)
})

test('AT3 hours that begin between the full ones, as in Nepal, are columns of an hour each', () => {
  const columns = columnsOf(
    [
      { at: '2026-01-01T20:15:00Z', total: 4 },
      { at: '2026-01-01T22:15:00Z', total: 8 },
    ],
    hourMs,
  )
  expect(columns.slice(-3).map(({ votes }) => votes)).toEqual([4, 0, 8])
  expect(columns.at(-1)?.atMs).toBe(Date.parse('2026-01-01T22:15:00Z'))
})
