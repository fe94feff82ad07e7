/** The ballot boxes in the poll's form, and how each change alters them. */
import { mostBoxes, plainBoxes, wholeWeight, type BallotBox } from '../../../contracts/poll.ts'
import { draftOfLimit, plainLimit, type LimitDraft } from './limit-draft.ts'
import { balance, percentText, weightFrom } from './weights.ts'

export interface BoxDraft {
  /** Tells the box from its neighbours while it moves; never leaves the form. */
  readonly row: number
  readonly boxId: string
  readonly voters: BallotBox['voters']
  readonly limit: LimitDraft
  /** In percent, as typed. */
  readonly weight: string
}

export type BoxChange =
  | { readonly set: 'box'; readonly row: number; readonly to: Partial<Omit<BoxDraft, 'row'>> }
  | { readonly set: 'box added' }
  | { readonly set: 'box removed'; readonly row: number }
  | { readonly set: 'box moved'; readonly row: number; readonly by: -1 | 1 }
  /** to: in proportion to what was typed, or all the same. */
  | { readonly set: 'balanced'; readonly to: 'proportion' | 'same' }

export const draftsOf = (boxes: readonly BallotBox[]): BoxDraft[] =>
  boxes.map(({ boxId, voters, limit, weight }, row) => ({
    ...{ row, boxId, voters },
    limit: draftOfLimit(limit),
    weight: percentText(weight),
  }))

export const firstBoxes: readonly BoxDraft[] = draftsOf(plainBoxes)

/** What is left of 100 %, in basis points; negative where there is too much, null where one cannot be read. */
export function restOf(boxes: readonly Pick<BoxDraft, 'weight'>[]): number | null {
  let rest = wholeWeight
  for (const { weight } of boxes) {
    const read = weightFrom(weight)
    if (read === null) return null
    rest -= read
  }
  return rest
}

export function changeBoxes(boxes: readonly BoxDraft[], change: BoxChange): readonly BoxDraft[] {
  switch (change.set) {
    case 'box':
      return boxes.map((box) => (box.row === change.row ? { ...box, ...change.to } : box))
    case 'box added':
      return boxes.length >= mostBoxes ? boxes : [...boxes, newBox(boxes)]
    case 'box removed': {
      if (boxes.length === 1) return boxes
      const left = boxes.filter(({ row }) => row !== change.row)
      // A single box is the whole result.
      return left.length === 1 ? left.map((box) => ({ ...box, weight: '100' })) : left
    }
    case 'box moved': {
      const from = boxes.findIndex(({ row }) => row === change.row)
      const [moved, neighbour] = [boxes[from], boxes[from + change.by]]
      if (moved === undefined || neighbour === undefined) return boxes
      return boxes.with(from, neighbour).with(from + change.by, moved)
    }
    case 'balanced': {
      const typed = boxes.map(({ weight }) => (change.to === 'same' ? 1 : (weightFrom(weight) ?? 0)))
      const weights = balance(typed)
      return boxes.map((box, i) => ({ ...box, weight: percentText(weights[i] ?? 0) }))
    }
    default:
      return change satisfies never
  }
}

/** The kind of voters that is still missing, with what is left of the result. */
function newBox(boxes: readonly BoxDraft[]): BoxDraft {
  const voters = boxes.some((box) => box.voters === 'verified') ? 'device' : 'verified'
  const names = [voters === 'verified' ? 'verified' : 'fans', ...boxes.map((_, i) => `box-${i + 2}`)]
  const isFree = (name: string) => boxes.every(({ boxId }) => boxId !== name)
  return {
    row: Math.max(...boxes.map(({ row }) => row)) + 1,
    boxId: names.find(isFree) ?? '',
    voters,
    limit: plainLimit,
    weight: percentText(Math.max(0, restOf(boxes) ?? 0)),
  }
}
