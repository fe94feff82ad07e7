/** Looks at a process from outside, again and again: its loop, its open files. */
import { readdirSync } from 'node:fs'
import type { Watched } from './house.ts'

export interface Look {
  /** Minutes since the first look. */
  readonly atMin: number
  readonly loopP99Ms: number
  readonly files: number
}

export async function lookAt({ pid, url }: Watched, startedAt: number): Promise<Look> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text()
  const metric = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  return {
    atMin: (performance.now() - startedAt) / 60_000,
    loopP99Ms: metric('nodejs_eventloop_lag_p99_seconds') * 1_000,
    files: readdirSync(`/proc/${pid}/fd`).length,
  }
}

/** Least squares: how much `value` grows in one unit of `at`. */
export function slope(points: readonly { readonly at: number; readonly value: number }[]): number {
  const n = points.length
  const mean = (of: (point: { at: number; value: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / n
  const [at, value] = [mean((point) => point.at), mean((point) => point.value)]
  const above = points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0)
  const below = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0)
  return below === 0 ? 0 : above / below
}
