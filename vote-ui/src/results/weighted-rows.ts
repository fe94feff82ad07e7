/** The weighted result of a poll with several ballot boxes, row by row in the order in which it is shown. */
import type { BallotBox } from '../../../contracts/poll.ts'
import { weighResult } from '../../../contracts/result.ts'
import { optionColour } from '../brand/option-colour.ts'
import type { OptionParts } from '../polls/poll-parts.ts'

/** Shares are hundredths of a percent; null before the first vote. */
export interface WeightedRow {
  readonly optionId: string
  readonly text: string
  readonly colour: string
  readonly share: number | null
  readonly rank: number
  readonly isTied: boolean
  readonly parts: readonly { readonly boxId: string; readonly share: number | null }[]
}

export interface WeightedBox {
  readonly boxId: string
  readonly weight: number
  /** What it weighs now, with what boxes without votes passed on to it. */
  readonly effectiveWeight: number
  readonly total: number
}

type Boxes = readonly Pick<BallotBox, 'boxId' | 'weight'>[]

interface BoxCounted {
  readonly boxId: string
  readonly total: number
  readonly options: readonly { readonly optionId: string; readonly votes: number }[]
}

/** While votes come in, rows keep the ballot's order: bars move, lines do not. The final one is by rank. */
export function weightedRows(
  options: readonly OptionParts[],
  boxes: Boxes,
  counted: readonly BoxCounted[],
  final: boolean,
): { readonly rows: readonly WeightedRow[]; readonly boxes: readonly WeightedBox[] } {
  const countsOf = new Map(counted.map((box) => [box.boxId, box]))
  const result = weighResult(
    options.map(({ optionId }) => optionId),
    boxes.map(({ boxId, weight }) => {
      const votesOf = new Map(countsOf.get(boxId)?.options.map(({ optionId, votes }) => [optionId, votes]))
      return { boxId, weight, votes: options.map(({ optionId }) => votesOf.get(optionId) ?? 0) }
    }),
  )
  const placeOf = new Map(options.map(({ optionId }, index) => [optionId, index]))
  const rows = result.options.map(({ optionId, share, rank, isTied }) => {
    const place = placeOf.get(optionId) ?? 0
    const option = options[place]
    const parts = result.boxes.map(({ boxId, options: its }) => ({ boxId, share: its[place]?.share ?? null }))
    const colour = optionColour(option?.colour ?? null, place)
    return { optionId, text: option?.text ?? optionId, colour, share, rank, isTied, parts }
  })
  return {
    rows: final ? rows : rows.sort((a, b) => (placeOf.get(a.optionId) ?? 0) - (placeOf.get(b.optionId) ?? 0)),
    boxes: result.boxes.map(({ boxId, weight, effectiveWeight }) => ({
      boxId,
      weight,
      effectiveWeight,
      total: countsOf.get(boxId)?.total ?? 0,
    })),
  }
}
