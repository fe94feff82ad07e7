/** The rules of waits in words. */
import { expect, test } from 'vitest'
import { countdown, waitInWords } from './when.ts'

const minute = 60_000
const hour = 60 * minute

test('U35 a wait is told in its largest fitting unit', () => {
  expect(waitInWords(-1)).toBe('any moment now')
  expect(waitInWords(20_000)).toBe('in less than a minute')
  expect(waitInWords(11.2 * minute)).toBe('in 12 min')
  expect(waitInWords(2.9 * hour)).toBe('in 3 h')
  expect(waitInWords(41 * hour)).toBe('in 41 h')
  expect(waitInWords(80 * hour)).toBe('in 3 days')
})

test('U36 a countdown has no leading nothings, keeps the nothings inside, and never goes below zero', () => {
  const told = (ms: number) => countdown(ms).map(({ value, unit }) => `${value} ${unit}`)
  expect(told(59_400)).toEqual(['01 min', '00 sec'])
  expect(told(26 * hour)).toEqual(['01 days', '02 hours', '00 min', '00 sec'])
  expect(told(2 * hour + 1000)).toEqual(['02 hours', '00 min', '01 sec'])
  expect(told(-5)).toEqual(['00 min', '00 sec'])
})
