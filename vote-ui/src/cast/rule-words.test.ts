/** The rules of telling a box' rule. */
import { expect, test } from 'vitest'
import { lateWords, limitWords, ruleWords, weightWords } from './rule-words.ts'
import type { Turn } from './turn.ts'

const ready = (left: number | null): Turn => ({ at: 'ready', left })
const told = (votes: number, perSeconds: number | null, turn: Turn = ready(null)) =>
  ruleWords({ limit: { votes, perSeconds } }, turn, 0)

test('U38 a limit is told as people say it, and a sliding day never as a calendar day', () => {
  expect(told(1, null)).toBe('One vote. It is final.')
  expect(told(5, null)).toBe('5 votes in this poll.')
  expect(told(7, 60)).toBe('7 votes a minute.')
  expect(told(10, 86_400)).toBe('10 votes in any 24 hours.')
  expect(told(1, 3_600)).toBe('One vote an hour.')
  expect(told(3, 604_800)).toBe('3 votes in any 7 days.')
  expect(told(2, 5_400)).toBe('2 votes in any 90 minutes.')
  expect(told(2, 45)).toBe('2 votes in any 45 seconds.')
  expect(ruleWords({ limit: null }, ready(null), 0)).toBe('As many votes as you like.')
  expect(limitWords(null)).toBe('As many votes as you like')
})

test('U39 what is left stands beside the rule, and so does when the next is possible', () => {
  expect(told(7, 60, ready(3))).toBe('7 votes a minute; 3 left.')
  expect(told(5, null, { at: 'spent' })).toBe('5 votes in this poll; all are cast.')
  const untilMs = new Date(2026, 0, 1, 21, 4).getTime()
  const nowMs = new Date(2026, 0, 1, 20, 50).getTime()
  expect(ruleWords({ limit: { votes: 10, perSeconds: 86_400 } }, { at: 'waiting', untilMs }, nowMs)).toMatch(
    /^10 votes in any 24 hours; next possible at (21:04|9:04.PM)\.$/,
  )
  // Never before it is possible.
  const later: Turn = { at: 'waiting', untilMs: untilMs + 1_400 }
  expect(ruleWords({ limit: { votes: 10, perSeconds: 86_400 } }, later, nowMs)).toMatch(/ (21:05|9:05.PM)\.$/)
  expect(ruleWords({ limit: { votes: 7, perSeconds: 60 } }, later, nowMs)).toMatch(
    / (21:04:02|9:04:02.PM)\.$/,
  )
})

test('U40 a weight is told in percent with no more digits than it has, and a late vote only where there is a grace', () => {
  expect(weightWords(7_000)).toBe('70% of the result')
  expect(weightWords(3_333)).toBe('33.33% of the result')
  expect(weightWords(0)).toBe('Does not change the result')
  const closesAt = '2026-01-01T21:00:00.000Z'
  expect(lateWords({ closesAt, graceMs: 2_000 })).toBe('Votes that reach us up to 2 s after the close count.')
  expect(lateWords({ closesAt, graceMs: 0 })).toBeNull()
  expect(lateWords({ closesAt: null, graceMs: 2_000 })).toBeNull()
})
