/** Shares of a sum in whole parts, by largest remainder: they sum to the whole exactly. */

/**
 * Each amount as parts of `whole` (1,000 = tenths of a percent). What the floors leave over goes to the largest
 * remainders; between equal remainders to the larger amount, then to the earlier one. Null where the sum is 0.
 */
export function partsOfWhole(amounts: readonly bigint[], whole: number): number[] | null {
  const sum = amounts.reduce((total, amount) => total + amount, 0n)
  if (sum === 0n) return null
  const scaled = amounts.map((amount) => amount * BigInt(whole))
  const parts = scaled.map((amount) => Number(amount / sum))
  const left = whole - parts.reduce((total, part) => total + part, 0)
  const at = (i: number) => scaled[i] ?? 0n
  const lucky = amounts
    .map((_, i) => i)
    .sort((a, b) => compare(at(b) % sum, at(a) % sum) || compare(at(b), at(a)) || a - b)
    .slice(0, left)
  for (const i of lucky) parts[i] = (parts[i] ?? 0) + 1
  return parts
}

/** Each count's share of the total in tenths of a percent; all 0 when nothing was counted. */
export function shares(counts: readonly number[]): number[] {
  return partsOfWhole(counts.map(BigInt), 1_000) ?? counts.map(() => 0)
}

/** For sorting: smaller first. */
export const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
