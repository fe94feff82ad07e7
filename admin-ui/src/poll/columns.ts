/** Minutes or hours as the columns of a chart: the last sixty, empty ones included. */

export interface Column {
  /** Epoch ms of its beginning. */
  readonly atMs: number
  readonly votes: number
  /** Of the highest column, 0 to 1. */
  readonly height: number
}

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
// Sixty columns are what 390 px can hold apart.
const mostColumns = 60
// A poll of two minutes should not be two walls.
const leastColumns = 12

/** `bucketMs`: how long a column is; the first point says where columns begin, as hours of Nepal begin at :45. */
export function columnsOf(
  points: readonly { readonly at: string; readonly total: number }[],
  bucketMs = minuteMs,
): Column[] {
  const starts = points.map(({ at }) => Date.parse(at))
  const origin = Math.min(...starts)
  const placeOf = (ms: number) => origin + Math.floor((ms - origin) / bucketMs) * bucketMs
  const votesAt = new Map(points.map(({ total }, i) => [placeOf(starts[i] ?? origin), total]))
  if (votesAt.size === 0) return []
  const last = Math.max(...votesAt.keys())
  const first = Math.max(Math.min(...votesAt.keys()), last - (mostColumns - 1) * bucketMs)
  const begin = Math.min(first, last - (leastColumns - 1) * bucketMs)
  const count = (last - begin) / bucketMs + 1
  const votes = Array.from({ length: count }, (_, i) => votesAt.get(begin + i * bucketMs) ?? 0)
  const most = Math.max(1, ...votes)
  return votes.map((one, i) => ({ atMs: begin + i * bucketMs, votes: one, height: one / most }))
}
