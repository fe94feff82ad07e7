/** The rules of one poll's numbers and words. */
import { expect, test } from 'vitest'
import type { TallyFrame } from '../polls/use-tally.ts'
import { percentOf, weighResult } from '../../../contracts/result.ts'
import { columnsOf } from './columns.ts'
import { countedBoxes } from './counted-boxes.ts'
import { whatAgainst } from './deeds.ts'
import { sayRefusal } from './say-refusal.ts'
import { tallyRows } from './tally-rows.ts'
import { leadersOf, moveWeight, turnsOf } from './what-if.ts'

const options = ['a', 'b', 'c'].map((optionId) => ({
  optionId,
  text: optionId,
  colour: null,
  pictureUrl: null,
}))
const tally = (...votes: number[]): TallyFrame => ({
  pollId: 'p',
  pollVersion: 1,
  version: 1,
  shows: 'counts',
  isRehearsal: false,
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

test('A52 what stands against a deed is told; what makes no sense is not looked for', () => {
  const closed = { state: 'closed', visibility: 'embargo', revealedAt: null, archivedAt: null } as const
  const open = { ...closed, state: 'open' } as const
  const revealed = { ...closed, revealedAt: '2026-01-01T00:00:00Z' }
  expect(whatAgainst('reveal', closed, 3)).toBeNull()
  expect(whatAgainst('reveal', open, 3)).toContain('over')
  expect(whatAgainst('reveal', revealed, 3)).toBeUndefined()
  expect(whatAgainst('reveal', { ...closed, visibility: 'live' }, 3)).toBeUndefined()
  expect(whatAgainst('reopen', closed, 3)).toBeNull()
  expect(whatAgainst('reopen', revealed, 3)).toContain('revealed')
  expect(whatAgainst('reopen', open, 3)).toBeUndefined()
  const archived = { ...closed, archivedAt: '2026-01-01T00:00:00Z' }
  for (const deed of ['reopen', 'edit'] as const) {
    expect(whatAgainst(deed, archived, 3)).toBe('Archived: take it out of the archive first.')
    expect(whatAgainst(deed, closed, 3)).toBeNull()
  }
  expect(whatAgainst('open', { ...archived, state: 'draft' }, 0)).toContain('Archived')
  expect(whatAgainst('open', { ...closed, state: 'draft' }, 0)).toBeNull()
  expect(whatAgainst('edit', { ...closed, state: 'certified' }, 3)).toBeUndefined()
  expect(whatAgainst('archive', open, 3)).toContain('close it first')
  expect(whatAgainst('archive', closed, 3)).toBeNull()
  expect(whatAgainst('unarchive', closed, 3)).toBeUndefined()
  expect(whatAgainst('delete', closed, 3)).toContain('Archive')
  expect(whatAgainst('delete', closed, 0)).toBeNull()
  expect(whatAgainst('delete', closed, null)).toBeNull()
})

// The final of Big Brother Brasil 25, in hundredths of a percent of each box.
const bbb25 = {
  options: ['renata', 'guilherme', 'joao'],
  boxes: (verified: number) => [
    { boxId: 'verified', weight: verified, votes: [4238, 5140, 622] },
    { boxId: 'fans', weight: 10_000 - verified, votes: [6141, 3537, 322] },
  ],
}

test('A53 the winner of BBB25 is Renata up to 74.27 % for the verified box, and Guilherme from 74.28 %', () => {
  expect(turnsOf(bbb25.options, bbb25.boxes(5000), 0)).toEqual([
    { upTo: 7427, before: ['renata'], after: ['guilherme'] },
  ])
  expect(leadersOf(bbb25.options, bbb25.boxes(7427))).toEqual(['renata'])
  expect(leadersOf(bbb25.options, bbb25.boxes(7428))).toEqual(['guilherme'])
  // The other way round the other box turns it at the other end.
  expect(turnsOf(bbb25.options, bbb25.boxes(5000), 1)[0]!.upTo).toBe(10_000 - 7428)
  const even = weighResult(bbb25.options, bbb25.boxes(5000)).options.map(({ share }) => percentOf(share ?? 0))
  expect(even).toEqual(['51.90', '43.38', '4.72'])
})

test('A54 every turn is found, ties too, and none where the winner is always the same', () => {
  const boxes = (...votes: number[][]) => votes.map((its, i) => ({ boxId: `${i}`, weight: 5000, votes: its }))
  const three = turnsOf(['a', 'b', 'c'], boxes([9, 0, 6], [0, 9, 6]), 0)
  expect(three).toEqual([
    { upTo: 3333, before: ['b'], after: ['c'] },
    { upTo: 6666, before: ['c'], after: ['a'] },
  ])
  expect(turnsOf(['a', 'b'], boxes([9, 1], [8, 2]), 0)).toEqual([])
  const tie = turnsOf(['a', 'b'], boxes([2, 0], [0, 2]), 0)
  expect(tie).toEqual([
    { upTo: 4999, before: ['b'], after: ['a', 'b'] },
    { upTo: 5000, before: ['a', 'b'], after: ['a'] },
  ])
})

test('A55 a moved weight keeps the sum, the others their proportion, even after they had nothing', () => {
  const stored = [5000, 3000, 2000]
  expect(moveWeight(stored, 0, 0, stored)).toEqual([0, 6000, 4000])
  const all = moveWeight(stored, 0, 10_000, stored)
  expect(all).toEqual([10_000, 0, 0])
  expect(moveWeight(all, 0, 5000, stored)).toEqual(stored)
  for (const to of [1, 3333, 7427, 9999]) {
    expect(moveWeight(stored, 1, to, stored).reduce((sum, one) => sum + one, 0)).toBe(10_000)
  }
  expect(moveWeight([7000, 3000], 0, 7428, [7000, 3000])).toEqual([7428, 2572])
})

test('A56 the counts of a box lie in the order of the poll, and what no frame named is nothing', () => {
  const box = (boxId: string) => ({ boxId, voters: 'device' as const, limit: null, weight: 5000 })
  const frame = [{ boxId: 'fans', total: 3, options: [{ optionId: 'c', votes: 3 }] }]
  expect(countedBoxes({ options, boxes: [box('verified'), box('fans')] }, { boxes: frame })).toEqual([
    { boxId: 'verified', weight: 5000, votes: [0, 0, 0] },
    { boxId: 'fans', weight: 5000, votes: [0, 0, 3] },
  ])
})
