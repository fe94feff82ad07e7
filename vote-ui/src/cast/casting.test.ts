/** The rules of the five states. */
import { expect, test } from 'vitest'
import { recalled, step, type Casting, type CastStep } from './casting.ts'

const receipt = { batchId: '0199a3f2-71c4-7b02-9e11-c41d88f0a2b7', position: 17 }
const sending: Casting = { at: 'sending', optionId: 'a', againAtMs: null, silent: 0 }
const counted: CastStep = {
  do: 'count',
  voteId: 'v',
  optionId: 'a',
  acceptedAt: '2026-01-01T00:00:00.000Z',
  receipt,
}

test('U12 a vote goes out only once an option is chosen', () => {
  const nothing: Casting = { at: 'choosing', optionId: null }
  expect(step(nothing, { do: 'send' })).toBe(nothing)
  expect(step({ at: 'choosing', optionId: 'a' }, { do: 'send' })).toEqual(sending)
})

test('U13 a second click while a vote is under way changes nothing', () => {
  expect(step(sending, { do: 'send' })).toBe(sending)
  expect(step(sending, { do: 'choose', optionId: 'b' })).toBe(sending)
})

test('U14 one silence is borne, the second in a row is offline, and so is the first when the device says so', () => {
  const once = step(sending, { do: 'miss', online: true })
  expect(once.at).toBe('sending')
  expect(step(once, { do: 'miss', online: true })).toEqual({ at: 'offline', optionId: 'a' })
  expect(step(sending, { do: 'miss', online: false }).at).toBe('offline')
  expect(step(step(once, { do: 'hear' }), { do: 'miss', online: true }).at).toBe('sending')
})

test('U15 a busy gateway is told as busy, a silent one is not', () => {
  expect(step(sending, { do: 'retry', atMs: 5 })).toEqual({ ...sending, againAtMs: 5 })
  const silent = step(sending, { do: 'miss', online: true })
  expect(step(silent, { do: 'retry', atMs: 5 })).toBe(silent)
})

test('U16 an offline vote is being sent again once the gateway is heard', () => {
  expect(step({ at: 'offline', optionId: 'a' }, { do: 'hear' })).toEqual(sending)
})

test('U17 a refusal keeps the choice, and choosing again begins with it', () => {
  const refused = step(sending, { do: 'refuse', reason: 'poll-not-open', retryAt: null })
  expect(refused).toEqual({ at: 'refused', optionId: 'a', reason: 'poll-not-open', retryAt: null })
  expect(step(refused, { do: 'choose-again' })).toEqual({ at: 'choosing', optionId: 'a' })
})

test('U18 what was counted stays counted', () => {
  const done = step(sending, counted)
  for (const late of [
    { do: 'refuse', reason: 'poll-closed', retryAt: null },
    { do: 'miss', online: false },
    { do: 'hear' },
    { do: 'send' },
    { do: 'choose', optionId: 'b' },
  ] satisfies CastStep[])
    expect(step(done, late)).toBe(done)
})

test('U19 a device that remembers a receipt begins counted, one that was cut short begins sending', () => {
  expect(recalled(null)).toEqual({ at: 'choosing', optionId: null })
  expect(recalled({ voteId: 'v', optionId: 'a' })).toEqual(sending)
  expect(recalled({ voteId: 'v', optionId: 'a', receipt })).toEqual({
    at: 'counted',
    voteId: 'v',
    optionId: 'a',
    acceptedAt: null,
    receipt,
  })
})

test('U55 where several votes are allowed a counted one is followed by the next, of the same option or another', () => {
  const done = step(sending, counted)
  expect(step(done, { do: 'send', another: true })).toEqual(sending)
  expect(step(done, { do: 'choose', optionId: 'b', another: true })).toEqual({
    at: 'choosing',
    optionId: 'b',
  })
  expect(step(sending, { do: 'send', another: true })).toBe(sending)
})

test('U56 a limit that is reached puts the choice back on the ballot, to be cast later', () => {
  expect(step(sending, { do: 'wait' })).toEqual({ at: 'choosing', optionId: 'a' })
  const done = step(sending, counted)
  expect(step(done, { do: 'wait' })).toBe(done)
})
