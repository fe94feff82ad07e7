/** Weights in basis points: as a percentage that people type, and brought to a sum of 100 %. */
import { wholeWeight } from '../../../contracts/poll.ts'

/** Such as 70, 12.5 or 33,33; null for what is no percentage from 0 to 100 with at most two decimals. */
export function weightFrom(text: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim().replace(/\s*%$/, ''))
  if (match === null) return null
  const [, whole = '', hundredths = ''] = match
  const weight = Number(whole) * 100 + Number(hundredths.padEnd(2, '0'))
  return weight <= wholeWeight ? weight : null
}

/** Without the zeros that say nothing: 7000 is `70`, 1250 is `12.5`. */
export const percentText = (weight: number): string => String(weight / 100)

/** Scaled in proportion to sum to `sum`, 100 % by default; where nothing weighs anything, all weigh the same. */
export function balance(weights: readonly number[], sum: number = wholeWeight): number[] {
  const typed = weights.reduce((total, weight) => total + weight, 0)
  if (typed === 0)
    return weights.length === 0
      ? []
      : balance(
          weights.map(() => 1),
          sum,
        )
  const floors = weights.map((weight) => Math.floor((weight * sum) / typed))
  const left = sum - floors.reduce((total, floor) => total + floor, 0)
  const remainder = (i: number) => ((weights[i] ?? 0) * sum) % typed
  const lucky = weights
    .map((_, i) => i)
    .sort((a, b) => remainder(b) - remainder(a) || a - b)
    .slice(0, left)
  for (const i of lucky) floors[i] = (floors[i] ?? 0) + 1
  return floors
}
