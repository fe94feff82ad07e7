/** Looks at a process from outside, again and again: its memory, its heap, its loop, its open files. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Watched } from './house.ts'

export interface Look {
  /** Minutes since the first look. */
  readonly atMin: number
  readonly heapMb: number
  readonly rssMb: number
  readonly loopP99Ms: number
  readonly files: number
}

const mb = 2 ** 20

export async function lookAt({ pid, url }: Watched, startedAt: number): Promise<Look> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text()
  const metric = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return {
    atMin: (performance.now() - startedAt) / 60_000,
    heapMb: metric('nodejs_heap_size_used_bytes') / mb,
    rssMb: (rssKb * 1024) / mb,
    loopP99Ms: metric('nodejs_eventloop_lag_p99_seconds') * 1_000,
    files: readdirSync(`/proc/${pid}/fd`).length,
  }
}

/** The heap right after a collection is the lowest of its neighbours: of each `every` looks the lowest stays. */
export function afterCollection(looks: readonly Look[], every: number): { at: number; value: number }[] {
  const lowest: { at: number; value: number }[] = []
  for (let i = 0; i + every <= looks.length; i += every) {
    const [first, ...rest] = looks.slice(i, i + every)
    if (first === undefined) continue
    const look = rest.reduce((low, next) => (next.heapMb < low.heapMb ? next : low), first)
    lowest.push({ at: look.atMin, value: look.heapMb })
  }
  return lowest
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
