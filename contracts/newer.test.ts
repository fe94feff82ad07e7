/** The rule that numbers never jump back. */
import { expect, test } from 'vitest'
import { newer } from './newer.ts'

test('U6 a frame older than the one shown is dropped', () => {
  const shown = { version: 12, total: 120 }
  expect(newer(shown, { version: 11, total: 110 })).toBe(shown)
})

test('U7 a newer frame, the same one again, and the first one are shown', () => {
  const came = { version: 12, total: 120 }
  expect(newer(null, came)).toBe(came)
  expect(newer({ version: 12, total: 120 }, came)).toBe(came)
  expect(newer({ version: 11, total: 110 }, came)).toBe(came)
})
