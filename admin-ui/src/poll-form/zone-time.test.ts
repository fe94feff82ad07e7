/** The rules of times in a poll's zone. */
import { expect, test } from 'vitest'
import { findZones } from './time-zones.ts'
import { fieldOf, instantOf, zoneInWords } from './zone-time.ts'

const berlin = 'Europe/Berlin'

test('A28 a field holds the time of the poll’s zone, what is sent is UTC', () => {
  expect(instantOf('2026-07-01T20:15', berlin)).toBe('2026-07-01T18:15:00.000Z')
  expect(fieldOf('2026-07-01T18:15:00.000Z', berlin)).toBe('2026-07-01T20:15')
  expect(instantOf('2026-07-01T20:15', 'Asia/Kolkata')).toBe('2026-07-01T14:45:00.000Z')
  expect(fieldOf('2026-01-01T02:30:00.000Z', 'America/Sao_Paulo')).toBe('2025-12-31T23:30')
  expect(instantOf('2026-01-01T00:00', 'Pacific/Kiritimati')).toBe('2025-12-31T10:00:00.000Z')
  expect(instantOf('', berlin)).toBeNull()
  expect(fieldOf(null, berlin)).toBe('')
  expect(instantOf('next week', berlin)).toBe('no-such-time')
})

test('A29 a time that the clocks jump over is refused, not moved; of one that comes twice it is the first', () => {
  expect(instantOf('2026-03-29T02:30', berlin)).toBe('no-such-time')
  expect(instantOf('2026-03-29T03:30', berlin)).toBe('2026-03-29T01:30:00.000Z')
  expect(instantOf('2026-03-29T01:59', berlin)).toBe('2026-03-29T00:59:00.000Z')
  expect(instantOf('2026-10-25T02:30', berlin)).toBe('2026-10-25T00:30:00.000Z')
  expect(instantOf('2026-10-25T03:00', berlin)).toBe('2026-10-25T02:00:00.000Z')
})

test('A30 the zone is stated with its offset', () => {
  expect(zoneInWords(berlin, new Date('2026-07-01'))).toBe('Europe/Berlin (GMT+2)')
  expect(zoneInWords('UTC')).toBe('UTC')
})

test('A41 a zone is found by its city, by its continent, and without its underscores', () => {
  expect(findZones('sao paulo')[0]).toBe('America/Sao_Paulo')
  expect(findZones('berlin')[0]).toBe(berlin)
  expect(findZones('america new york')).toContain('America/New_York')
  expect(findZones('utc')[0]).toBe('UTC')
  expect(findZones('atlantis')).toEqual([])
})
