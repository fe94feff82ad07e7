/** The rules of what is said while a poll waits for its certificate. */
import { expect, test } from 'vitest'
import { lastLook } from './judge-certification.ts'

const [askedAt, lookedAt] = ['2026-01-01T20:00:00Z', '2026-01-01T20:05:00Z']
const after = (seconds: number, since: string) => Date.parse(since) + seconds * 1000

test('AC1 that nobody looks is said 15 s after the last look, or after the question where there was none', () => {
  expect(lastLook({ askedAt, lookedAt }, after(15, lookedAt))).toBeNull()
  expect(lastLook({ askedAt, lookedAt }, after(16, lookedAt))).toBe(lookedAt)
  expect(lastLook({ askedAt, lookedAt: null }, after(15, askedAt))).toBeNull()
  expect(lastLook({ askedAt, lookedAt: null }, after(16, askedAt))).toBe('never')
})
