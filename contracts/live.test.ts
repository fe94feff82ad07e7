/** Rules of a stream that is kept alive, where there is no page. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { follow, type StreamSink } from './live.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A stream whose lines the test itself ends. */
function startFollowing(onLine: (at: string, stop: () => void) => void) {
  const lines: StreamSink<number>[] = []
  const stop = follow<number>({
    open(sink) {
      lines.push(sink)
      return () => undefined
    },
    onFrame: () => undefined,
    onLine: ({ at }) => onLine(at, stop),
  })
  return { lines, stop }
}

test('LV1 it comes back by itself when its line ends, or says nothing for 40 s', () => {
  const told: string[] = []
  const { lines, stop } = startFollowing((at) => told.push(at))
  lines[0]?.onFrame(1)
  lines[0]?.onEnd(null)
  vi.advanceTimersByTime(1_000)
  expect(lines).toHaveLength(2)
  lines[1]?.onFrame(2)
  vi.advanceTimersByTime(41_000)
  expect(lines).toHaveLength(3)
  expect(told).toEqual(['live', 'lost', 'live', 'lost'])
  stop()
})

test('LV2 it stays stopped, also where it is stopped by who hears that the line is lost', () => {
  const { lines } = startFollowing((at, stop) => at === 'lost' && stop())
  lines[0]?.onEnd(null)
  vi.advanceTimersByTime(60_000)
  expect([lines.length, vi.getTimerCount()]).toEqual([1, 0])
})
