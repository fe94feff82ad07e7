/** The weighted result of a poll: each box' shares, and what they sum to by weight; in whole numbers throughout. */
import { wholeWeight } from './poll.ts'
import { compare, partsOfWhole } from './shares.ts'

/** What a box received, by option in the order of the poll. weight: basis points. */
export interface BoxCounts {
  readonly boxId: string
  readonly weight: number
  readonly votes: readonly number[]
}

/**
 * Shares are hundredths of a percent and sum to 10,000; null where there is nothing to share. `options` stand best
 * first, equals in the order of the poll; `isTied` is judged by the exact shares, before they are rounded.
 */
export interface Result {
  readonly options: readonly {
    readonly optionId: string
    readonly share: number | null
    readonly rank: number
    readonly isTied: boolean
  }[]
  readonly boxes: readonly {
    readonly boxId: string
    readonly weight: number
    /** Of boxes with votes; the weight of those without is passed on to them in proportion. */
    readonly effectiveWeight: number
    readonly options: readonly { readonly optionId: string; readonly share: number | null }[]
  }[]
}

/**
 * share of option i = sum over the boxes b with votes of W(b) * votes(b, i) / votes(b), with W(b) = weight(b) / the
 * sum of these boxes' weights. Where all boxes with votes weigh nothing, they weigh the same.
 */
export function weighResult(optionIds: readonly string[], boxes: readonly BoxCounts[]): Result {
  const totals = boxes.map(({ votes }) => votes.reduce((sum, n) => sum + n, 0))
  const weights = passOn(boxes, totals)
  // One denominator for all: the product of the totals. Exact, however large: these are BigInts.
  const product = totals.reduce((all, total) => (total === 0 ? all : all * BigInt(total)), 1n)
  const exact = optionIds.map((_, option) =>
    boxes.reduce((sum, { votes }, box) => {
      const total = totals[box] ?? 0
      if (total === 0) return sum
      return sum + BigInt(weights[box] ?? 0) * BigInt(votes[option] ?? 0) * (product / BigInt(total))
    }, 0n),
  )
  const shares = hundredths(exact)
  const order = exact.map((_, i) => i).sort((a, b) => compare(exact[b] ?? 0n, exact[a] ?? 0n) || a - b)
  return {
    options: order.map((option) => {
      const its = exact[option] ?? 0n
      return {
        optionId: optionIds[option] ?? '',
        share: shares?.[option] ?? null,
        rank: 1 + exact.filter((other) => other > its).length,
        isTied: exact.filter((other) => other === its).length > 1,
      }
    }),
    boxes: boxes.map(({ boxId, weight, votes }, box) => {
      const ofBox = hundredths(optionIds.map((_, option) => BigInt(votes[option] ?? 0)))
      return {
        boxId,
        weight,
        effectiveWeight: hundredths(weights.map(BigInt))?.[box] ?? 0,
        options: optionIds.map((optionId, option) => ({ optionId, share: ofBox?.[option] ?? null })),
      }
    }),
  }
}

/** The weights of the boxes that have votes, in any unit; 0 for the others. */
function passOn(boxes: readonly BoxCounts[], totals: readonly number[]): number[] {
  const ofVoted = boxes.map(({ weight }, box) => ((totals[box] ?? 0) > 0 ? weight : 0))
  if (ofVoted.some((weight) => weight > 0)) return ofVoted
  return totals.map((total) => (total > 0 ? 1 : 0))
}

const hundredths = (amounts: readonly bigint[]) => partsOfWhole(amounts, wholeWeight)

/** A share as people read it: 5190 is 51.90. */
export const percentOf = (share: number): string => (share / 100).toFixed(2)
