/** Percentiles of what was measured. */
import type { Latency } from './messages.ts'

/** Of the first `count` values those that are marked. */
export function latencyOf(values: Float32Array, marked: Uint8Array, count: number): Latency {
  return percentiles(values.subarray(0, count).filter((_, i) => marked[i] === 1))
}

/** Sorts in place. */
export function percentiles(values: Float32Array): Latency {
  values.sort()
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: values.at(-1) ?? 0 }
}
