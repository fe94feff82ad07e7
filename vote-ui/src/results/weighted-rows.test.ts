/** The rules of the weighted result on a screen. */
import { expect, test } from 'vitest'
import { hiddenWords } from './hidden-words.ts'
import { weightedRows } from './weighted-rows.ts'

const options = ['ana', 'bia', 'caio'].map((optionId) => ({
  optionId,
  text: optionId,
  colour: null,
  pictureUrl: null,
}))
const counted = (boxId: string, ...votes: number[]) => ({
  boxId,
  total: votes.reduce((sum, n) => sum + n, 0),
  options: options.map(({ optionId }, i) => ({ optionId, votes: votes[i] ?? 0 })),
})
const boxes = [
  { boxId: 'verified', weight: 7_000 },
  { boxId: 'fans', weight: 3_000 },
]

test('U52 the final result stands by rank with the parts of each box; while votes come in, as on the ballot', () => {
  const votes = [counted('verified', 1, 3, 0), counted('fans', 9, 1, 0)]
  const { rows } = weightedRows(options, boxes, votes, true)
  expect(rows.map(({ optionId, share, rank }) => [optionId, share, rank])).toEqual([
    ['bia', 5_550, 1],
    ['ana', 4_450, 2],
    ['caio', 0, 3],
  ])
  expect(rows[0]?.parts).toEqual([
    { boxId: 'verified', share: 7_500 },
    { boxId: 'fans', share: 1_000 },
  ])
  expect(rows[0]?.colour).toBe('var(--option-2)')
  const open = weightedRows(options, boxes, votes, false)
  expect(open.rows.map(({ optionId }) => optionId)).toEqual(['ana', 'bia', 'caio'])
})

test('U53 a box without votes says that its weight passed on, and a tie is a tie', () => {
  const result = weightedRows(options, boxes, [counted('verified', 0, 0, 0), counted('fans', 2, 2, 1)], true)
  expect(result.boxes.map(({ effectiveWeight, total }) => [effectiveWeight, total])).toEqual([
    [0, 0],
    [10_000, 5],
  ])
  expect(result.rows.map(({ rank, isTied }) => [rank, isTied])).toEqual([
    [1, true],
    [1, true],
    [3, false],
  ])
})

test('U54 what hides a result is told for as long as it hides it', () => {
  const closesAt = new Date(2026, 0, 1, 21).toISOString()
  const nowMs = new Date(2026, 0, 1, 20).getTime()
  const rule = { state: 'open' as const, closesAt, revealedAt: null }
  const words = (some: Partial<Parameters<typeof hiddenWords>[0]>, hasVoted = false) =>
    hiddenWords({ ...rule, visibility: 'live', ...some }, hasVoted, nowMs)
  expect(words({})).toBeNull()
  expect(words({ visibility: 'after-vote' })).toBe('Results appear once you have voted.')
  expect(words({ visibility: 'after-vote' }, true)).toBeNull()
  expect(words({ visibility: 'after-close' }, true)).toMatch(/^Results appear when the vote closes, at .+\.$/)
  expect(words({ visibility: 'after-close', closesAt: null })).toBe('Results appear when the vote closes.')
  expect(words({ visibility: 'after-close', state: 'closed' })).toBeNull()
  expect(words({ visibility: 'embargo' }, true)).toBe('Results will be announced.')
  expect(words({ visibility: 'embargo', state: 'closed' })).toMatch(/will be announced/)
  expect(words({ visibility: 'embargo', state: 'closed', revealedAt: closesAt })).toBeNull()
})
