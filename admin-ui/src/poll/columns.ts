/** Minutes as the columns of a chart: the last hour that had votes, empty minutes included. */

export interface Column {
  /** Epoch ms of the minute's beginning. */
  readonly atMs: number
  readonly votes: number
  /** Of the highest column, 0 to 1. */
  readonly height: number
}

const minuteMs = 60_000
// Sixty columns are what 390 px can hold apart.
const mostColumns = 60
// A poll of two minutes should not be two walls.
const leastColumns = 12

export function columnsOf(minutes: readonly { readonly at: string; readonly total: number }[]): Column[] {
  const votesAt = new Map(minutes.map(({ at, total }) => [floorMinute(Date.parse(at)), total]))
  if (votesAt.size === 0) return []
  const last = Math.max(...votesAt.keys())
  const first = Math.max(Math.min(...votesAt.keys()), last - (mostColumns - 1) * minuteMs)
  const begin = Math.min(first, last - (leastColumns - 1) * minuteMs)
  const count = (last - begin) / minuteMs + 1
  const votes = Array.from({ length: count }, (_, i) => votesAt.get(begin + i * minuteMs) ?? 0)
  const most = Math.max(1, ...votes)
  return votes.map((one, i) => ({ atMs: begin + i * minuteMs, votes: one, height: one / most }))
}

const floorMinute = (ms: number) => Math.floor(ms / minuteMs) * minuteMs
