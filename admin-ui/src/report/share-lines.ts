/** How the shares of a box moved: one line for each option, from its first minute with votes to its last. */
import type { PollReport } from './use-report.ts'

export interface ShareLine {
  readonly optionId: string
  /** x: 0 to 1 in time. share: 0 to 1. */
  readonly points: readonly { readonly x: number; readonly share: number }[]
  readonly lastShare: number
}

export interface BoxShares {
  readonly boxId: string
  readonly fromMs: number
  readonly toMs: number
  readonly lines: readonly ShareLine[]
}

/** Boxes in the order of `boxIds`, without those that have no votes; options in the order of `optionIds`. */
export function sharesByBox(
  shares: PollReport['shares'],
  boxIds: readonly string[],
  optionIds: readonly string[],
): BoxShares[] {
  return boxIds.flatMap((boxId) => {
    const points = shares
      .filter((point) => point.boxId === boxId)
      .map(({ at, options }) => ({ ms: Date.parse(at), options }))
      .sort((a, b) => a.ms - b.ms)
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined) return []
    const span = Math.max(1, last.ms - first.ms)
    const lines = optionIds.map((optionId) => {
      const line = points.map(({ ms, options }) => ({
        x: (ms - first.ms) / span,
        share: shareOf(options, optionId),
      }))
      return { optionId, points: line, lastShare: line.at(-1)?.share ?? 0 }
    })
    return { boxId, fromMs: first.ms, toMs: last.ms, lines }
  })
}

export function shareOf(
  options: readonly { readonly optionId: string; readonly votes: number }[],
  optionId: string,
): number {
  const all = options.reduce((sum, { votes }) => sum + votes, 0)
  return all === 0 ? 0 : (options.find((one) => one.optionId === optionId)?.votes ?? 0) / all
}
