/** The rules of waits in words. */
import { expect, test } from 'vitest'
import { calmWait, countdown, waitInWords, waitOnClock } from './when.ts'

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

test('U37 a wait in a button is told in seconds, then as a clock, then by its end, and never as nothing', () => {
  expect(waitOnClock(0, 0)).toBe('in 1 s')
  expect(waitOnClock(41_200, 0)).toBe('in 42 s')
  expect(waitOnClock(185_000, 0)).toBe('in 3:05')
  const at = new Date(2026, 0, 1, 21, 4).getTime()
  expect(waitOnClock(at, at - 2 * hour)).toMatch(/^at (21:04|9:04.PM)$/)
  expect(waitOnClock(at + 1, at - 2 * hour)).toMatch(/^at (21:05|9:05.PM)$/)
})

test('U67 a wait that nobody can shorten moves in steps of five seconds, and ends as a moment', () => {
  expect([-1, 0, 4_900, 5_000].map(calmWait)).toEqual(Array(4).fill('in a moment'))
  expect([5_001, 10_000, 12_000, 30_000].map(calmWait)).toEqual([
    ...['in about 10 s', 'in about 10 s', 'in about 15 s', 'in about 30 s'],
  ])
})
