/** The rules of signing in. */
import { expect, test } from 'vitest'
import { hearOfSession, tokenIn, type Session } from './session.ts'

const out: Session = { at: 'out', fault: null }
const inside: Session = { at: 'in', token: 't' }

test('A11 a token is checked before anybody is let in', () => {
  const checking = hearOfSession(out, { say: 'offered', token: ' t ' })
  expect(checking).toEqual({ at: 'checking', token: 't' })
  expect(hearOfSession(checking, { say: 'admitted' })).toEqual(inside)
})

test('A12 a wrong token and one that no longer holds are told apart', () => {
  expect(hearOfSession({ at: 'checking', token: 't' }, { say: 'refused' })).toEqual({
    at: 'out',
    fault: 'wrong-token',
  })
  expect(hearOfSession(inside, { say: 'refused' })).toEqual({ at: 'out', fault: 'token-changed' })
})

test('A13 an empty token is not sent', () => {
  expect(hearOfSession(out, { say: 'offered', token: '  ' })).toEqual({ at: 'out', fault: 'no-token' })
})

test('A14 who has left is not let in by a late answer', () => {
  const left = hearOfSession({ at: 'checking', token: 't' }, { say: 'left' })
  expect(hearOfSession(left, { say: 'admitted' })).toEqual(out)
  expect(hearOfSession(left, { say: 'refused' })).toEqual(out)
})

test('A15 the token is read from #token=... and from nowhere else', () => {
  expect(tokenIn('#token=a%2Bb')).toBe('a+b')
  expect(tokenIn('#other')).toBeNull()
  expect(tokenIn('')).toBeNull()
})
