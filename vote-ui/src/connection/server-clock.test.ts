/** The rules of the server's time. */
import { expect, test } from 'vitest'
import { makeServerClock } from './server-clock.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const header = (ms: number) => new Date(ms).toUTCString()

test('U26 before any answer the device’s own time stands', () => {
  expect(makeServerClock(() => noon).now()).toBe(noon)
})

test('U27 a device that is an hour late counts by the server, within half a second', () => {
  const clock = makeServerClock(() => noon - 3_600_000)
  clock.learn(header(noon), noon - 3_600_000 - 40, noon - 3_600_000)
  expect(Math.abs(clock.now() - noon)).toBeLessThanOrEqual(520)
})

test('U28 answers around a change of the second narrow it to their own length', () => {
  let device = noon
  const clock = makeServerClock(() => device)
  clock.learn(header(noon - 1000), noon - 20, noon - 10)
  clock.learn(header(noon), noon + 10, noon + 20)
  device = noon + 500
  expect(Math.abs(clock.now() - device)).toBeLessThanOrEqual(20)
})

test('U29 an answer that contradicts begins anew, and no header teaches nothing', () => {
  const clock = makeServerClock(() => noon)
  clock.learn(header(noon), noon, noon)
  clock.learn(header(noon + 60_000), noon, noon)
  expect(clock.now()).toBe(noon + 60_500)
  clock.learn(null, noon, noon)
  expect(clock.now()).toBe(noon + 60_500)
})
