/** Medians and spreads over rounds. */
import type { Figure } from './part.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The median as a figure, with the lowest and the highest round beside it. */
export function overRounds(name: string, unit: string, rounds: readonly number[], more?: string): Figure {
  const spread =
    rounds.length > 1
      ? `${rounded(Math.min(...rounds))} to ${rounded(Math.max(...rounds))} in ${rounds.length} rounds`
      : ''
  const note = [spread, more].filter(Boolean).join('; ')
  return { name, unit, value: median(rounds), ...(note !== '' && { note }) }
}

/** Three digits that count, and no more decimals than a reader needs. */
export function rounded(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return Number(value.toFixed(Math.min(digits, 6)))
}
