/** The rules of a closing time that is being chosen. */
import { expect, test } from 'vitest'
import { judgeTime, standingTime, timeFromNow, typedTime } from './closing-time.ts'

const timeZone = 'Europe/Berlin'
// On that morning Berlin has 02:00 to 03:00 twice: until 01:00 UTC, and until 02:00 UTC.
const firstHalfPastTwo = '2026-10-25T00:30:00.000Z'
const secondHalfPastTwo = '2026-10-25T01:30:00.000Z'
const duringSecond = Date.parse('2026-10-25T01:10:00Z')
const duringFirst = Date.parse('2026-10-25T00:10:00Z')

test('A57 a closing time in the hour that comes twice is kept as it is while nobody types another', () => {
  for (const closesAt of [secondHalfPastTwo, '2026-10-25T01:30:00.250Z', '2026-10-25T08:00:00.000Z']) {
    const standing = standingTime({ state: 'open', closesAt, timeZone }, duringFirst)
    expect(standing.instant).toBe(closesAt)
    expect(judgeTime(standing, { isOptional: false, nowMs: duringFirst })).toEqual({ closesAt })
  }
})

test('A58 a span from now ends in the second of those hours where it leads there, and is no time that is over', () => {
  const chosen = timeFromNow(1_200_000, timeZone, duringSecond)
  expect(chosen).toEqual({ field: '2026-10-25T02:30:00', instant: secondHalfPastTwo })
  expect(judgeTime(chosen, { isOptional: false, nowMs: duringSecond })).toEqual({
    closesAt: secondHalfPastTwo,
  })
})

test('A59 a time that is typed is the first of two, unless that is over', () => {
  expect(typedTime('2026-10-25T02:30', timeZone, duringFirst).instant).toBe(firstHalfPastTwo)
  expect(typedTime('2026-10-25T02:30', timeZone, duringSecond).instant).toBe(secondHalfPastTwo)
  const over = typedTime('2020-01-01T00:00', timeZone, duringFirst)
  expect(judgeTime(over, { isOptional: true, nowMs: duringFirst })).toEqual({ fault: 'This time is over.' })
  const none = typedTime('', timeZone, duringFirst)
  expect(judgeTime(none, { isOptional: true, nowMs: duringFirst })).toEqual({ closesAt: null })
  expect(judgeTime(none, { isOptional: false, nowMs: duringFirst })).toEqual({ fault: 'Choose a time.' })
})

test('A60 the end of a poll that is over is offered to nobody, though our clock is behind the server’s', () => {
  const closesAt = '2026-07-01T20:00:00.400Z'
  const justBefore = Date.parse('2026-07-01T20:00:00.100Z')
  expect(standingTime({ state: 'closed', closesAt, timeZone }, justBefore)).toEqual({
    field: '',
    instant: null,
  })
  expect(standingTime({ state: 'open', closesAt, timeZone }, justBefore).instant).toBe(closesAt)
  expect(standingTime({ state: 'scheduled', closesAt, timeZone }, justBefore + 300).instant).toBeNull()
})
