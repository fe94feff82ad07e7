/** The rules of times in the moderator's own zone. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fieldOf, instantOf, zoneInWords } from './local-time.ts'

beforeEach(() => vi.stubEnv('TZ', 'Europe/Berlin'))
afterEach(() => vi.unstubAllEnvs())

test('A28 a field holds local time, what is sent is UTC', () => {
  expect(instantOf('2026-07-01T20:15')).toBe('2026-07-01T18:15:00.000Z')
  expect(fieldOf('2026-07-01T18:15:00.000Z')).toBe('2026-07-01T20:15')
  expect(instantOf('')).toBeNull()
  expect(fieldOf(null)).toBe('')
})

test('A29 a time that the clocks jump over is refused, not moved', () => {
  expect(instantOf('2026-03-29T02:30')).toBe('no-such-time')
  expect(instantOf('2026-03-29T03:30')).toBe('2026-03-29T01:30:00.000Z')
})

test('A30 the zone is stated with its offset', () => {
  expect(zoneInWords(new Date('2026-07-01'))).toBe('Europe/Berlin (GMT+2)')
})
