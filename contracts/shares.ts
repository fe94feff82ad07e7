/** Each count's share of the total in tenths of a percent, by largest remainder: they sum to 1,000 exactly. */

/**
 * Tenths that the floors leave over go to the largest remainders; between equal remainders to the larger count,
 * then to the earlier one. All 0 when nothing was counted. Exact up to 9 * 10^12 votes (2^53 / 1,000).
 */
export function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return counts.map(() => 0)
  const floors = counts.map((count) => Math.floor((count * 1000) / total))
  const left = 1000 - floors.reduce((sum, floor) => sum + floor, 0)
  const remainder = (index: number) => ((counts[index] ?? 0) * 1000) % total
  const lucky = counts
    .map((_, index) => index)
    .sort((a, b) => remainder(b) - remainder(a) || (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, left)
  for (const index of lucky) floors[index] = (floors[index] ?? 0) + 1
  return floors
}
