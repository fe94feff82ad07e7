/** WR: the rules of the weighted result. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentOf, weighResult, type Result } from './result.ts'

const names = ['renata', 'guilherme', 'joao-pedro']
const verified = [4238, 5140, 622]
const fans = [6141, 3537, 322]

const final = (weightOfVerified: number) =>
  weighResult(names, [
    { boxId: 'verified', weight: weightOfVerified, votes: verified },
    { boxId: 'fans', weight: 10_000 - weightOfVerified, votes: fans },
  ])
const told = ({ options }: Result) =>
  options.map(({ optionId, share }) => `${optionId} ${percentOf(share ?? -1)}`)

test('WR1 the final of BBB25 at 50/50, where a tie of remainders goes to the larger share', () => {
  expect(told(final(5_000))).toEqual(['renata 51.90', 'guilherme 43.38', 'joao-pedro 4.72'])
})

test('WR2 at 70/30 Renata wins with 48.09 to 46.59', () => {
  expect(told(final(7_000)).slice(0, 2)).toEqual(['renata 48.09', 'guilherme 46.59'])
})

test('WR3 the winner changes between 74.27 and 74.28 % of weight on the verified box', () => {
  expect(final(7_427).options[0]?.optionId).toBe('renata')
  expect(final(7_428).options[0]?.optionId).toBe('guilherme')
})

test('WR4 a box without votes passes its weight on in proportion to the others', () => {
  const { options, boxes } = weighResult(
    ['a', 'b'],
    [
      { boxId: 'one', weight: 2_000, votes: [3, 1] },
      { boxId: 'two', weight: 3_000, votes: [1, 1] },
      { boxId: 'none', weight: 5_000, votes: [0, 0] },
    ],
  )
  expect(boxes.map(({ effectiveWeight }) => effectiveWeight)).toEqual([4_000, 6_000, 0])
  // 0.4 * 75 + 0.6 * 50
  expect(options).toMatchObject([
    { optionId: 'a', share: 6_000 },
    { optionId: 'b', share: 4_000 },
  ])
  expect(boxes[2]?.options).toEqual([
    { optionId: 'a', share: null },
    { optionId: 'b', share: null },
  ])
})

test('WR5 equals are tied, by the exact shares and not by the rounded ones', () => {
  const [first, second, third] = weighResult(
    ['a', 'b', 'c'],
    [{ boxId: 'one', weight: 10_000, votes: [5, 7, 5] }],
  ).options
  expect(first).toMatchObject({ optionId: 'b', rank: 1, isTied: false })
  expect(second).toMatchObject({ optionId: 'a', rank: 2, isTied: true })
  expect(third).toMatchObject({ optionId: 'c', rank: 2, isTied: true })
  const near = weighResult(['a', 'b'], [{ boxId: 'one', weight: 10_000, votes: [500_001, 500_000] }])
  expect(near.options.map(({ share, isTied }) => [share, isTied])).toEqual([
    [5_000, false],
    [5_000, false],
  ])
})

test('WR6 nothing is shared before the first vote; boxes that weigh nothing weigh the same', () => {
  const empty = weighResult(['a', 'b'], [{ boxId: 'one', weight: 10_000, votes: [0, 0] }])
  expect(empty.options.map(({ share, rank }) => [share, rank])).toEqual([
    [null, 1],
    [null, 1],
  ])
  const { options } = weighResult(
    ['a', 'b'],
    [
      { boxId: 'heavy', weight: 10_000, votes: [0, 0] },
      { boxId: 'light', weight: 0, votes: [1, 3] },
    ],
  )
  expect(options[0]).toMatchObject({ optionId: 'b', share: 7_500 })
})

test('WR7 shares sum to 100.00 and are never more than 0.01 from the exact ones, whatever the counts', () => {
  const box = fc.record({
    weight: fc.nat(10_000),
    votes: fc.array(fc.nat(1_600_000_000), { minLength: 4, maxLength: 4 }),
  })
  fc.assert(
    fc.property(fc.array(box, { minLength: 1, maxLength: 4 }), (given) => {
      const boxes = given.map((its, i) => ({ boxId: `box-${i}`, ...its }))
      const { options } = weighResult(['a', 'b', 'c', 'd'], boxes)
      const all = options.map(({ share }) => share)
      if (boxes.every(({ votes }) => votes.every((n) => n === 0))) return all.every((share) => share === null)
      const voted = boxes.filter(({ votes }) => votes.some((n) => n > 0))
      const heavy = voted.some(({ weight }) => weight > 0)
      const weightOf = (weight: number) => (heavy ? weight : 1)
      const weights = voted.reduce((sum, { weight }) => sum + weightOf(weight), 0)
      const close = options.every(({ optionId, share }) => {
        const at = ['a', 'b', 'c', 'd'].indexOf(optionId)
        const exact = voted.reduce((sum, { weight, votes }) => {
          const total = votes.reduce((a, b) => a + b, 0)
          return sum + ((weightOf(weight) / weights) * (votes[at] ?? 0) * 10_000) / total
        }, 0)
        return Math.abs((share ?? 0) - exact) < 1.000_001
      })
      return close && all.reduce<number>((sum, share) => sum + (share ?? 0), 0) === 10_000
    }),
  )
})
