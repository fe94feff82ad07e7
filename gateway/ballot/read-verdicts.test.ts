/** JV: an answer of the admission script that is not what admit.lua says ends in an error, never in an acceptance. */
import { expect, test } from 'vitest'
import { MemoryChanged } from './judged-vote.ts'
import { readVerdicts } from './read-verdicts.ts'

const judged = (letters: string, lefts: string, ...texts: string[]) => [
  ...['judged', '1700000000000', 4, 90, letters, lefts, '', ...texts],
]
const read = (answer: unknown, places: readonly number[] = [0]) =>
  readVerdicts('batch', [], places, [], answer)

test('JV1 who hears of another memory judges nothing', () => {
  expect(() => read(['memory', 'other'])).toThrow(MemoryChanged)
})

test('JV2 a verdict too few or too many is given to nobody', () => {
  expect(() => read(judged('v', ''), [0, 1])).toThrow('the admission script judged 1 votes of 2')
  expect(() => read(judged('vv', ''))).toThrow('the admission script judged 2 votes of 1')
})

test('JV3 letters, reasons and memories that nobody wrote are no answers', () => {
  expect(() => read(judged('x', '', 'what'))).toThrow('the admission script answered x what')
  expect(() => read(judged('r', '', 'no-such-reason'))).toThrow(
    'the admission script refused with no-such-reason',
  )
  expect(() => read(judged('q', '', '-'))).toThrow('the admission script remembers nothing')
  expect(() => read(['judged', 'now'])).toThrow()
  expect(() => read(null)).toThrow()
})

test('JV4 a refusal keeps its reason and the time from which it may be tried again', () => {
  const { answers } = read(judged('rrv', '', 'poll-closed', 'limit-reached|1700000060000', ''), [0, 1, 2])
  expect(answers).toEqual([
    { is: 'refused', reason: 'poll-closed' },
    { is: 'refused', reason: 'limit-reached', retryAt: 1_700_000_060_000 },
    { is: 'again', because: 'rules-changed' },
  ])
})
