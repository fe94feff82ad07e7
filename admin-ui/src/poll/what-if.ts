/** Other weights for the same votes: how they move, who would win, and where the winner changes. */
import { wholeWeight } from '../../../contracts/poll.ts'
import { weighResult, type BoxCounts } from '../../../contracts/result.ts'
import { balance } from '../poll-form/weights.ts'

/**
 * One box gets this weight; the others share the rest in the proportion they have, or, where it has all been taken
 * from them, in that of the poll.
 */
export function moveWeight(
  weights: readonly number[],
  place: number,
  to: number,
  stored: readonly number[],
): number[] {
  const besides = (all: readonly number[]) => all.filter((_, i) => i !== place)
  const now = besides(weights)
  const others = balance(now.some((weight) => weight > 0) ? now : besides(stored), wholeWeight - to)
  return weights.map((_, i) => (i === place ? to : (others[i < place ? i : i - 1] ?? 0)))
}

/** The options that nobody is better than: one, or several in a tie; none before the first vote. */
export function leadersOf(optionIds: readonly string[], boxes: readonly BoxCounts[]): string[] {
  return weighResult(optionIds, boxes)
    .options.filter(({ rank, share }) => rank === 1 && share !== null)
    .map(({ optionId }) => optionId)
}

/** Up to the weight `upTo` of the box the winners are `before`, from the next hundredth of a percent on `after`. */
export interface Turn {
  readonly upTo: number
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * Where the winner changes while one box weighs 0 to 100 % and the others keep their proportion. An option's share is
 * a straight line over that weight, so whoever wins at both ends of a stretch wins all over it: halving finds every
 * turn. The weights are not rounded here: they are scaled so that all of them are whole.
 */
export function turnsOf(optionIds: readonly string[], boxes: readonly BoxCounts[], place: number): Turn[] {
  const others = boxes.reduce((sum, { weight }, i) => (i === place ? sum : sum + weight), 0)
  const isFlat = others === 0
  const count = boxes.length - 1
  const winnersAt = (to: number) =>
    leadersOf(
      optionIds,
      boxes.map((box, i) => {
        if (i === place) return { ...box, weight: to * (isFlat ? count : others) }
        return { ...box, weight: (isFlat ? 1 : box.weight) * (wholeWeight - to) }
      }),
    )
  const turns: Turn[] = []
  const search = (low: number, atLow: string[], high: number, atHigh: string[]): void => {
    if (isSame(atLow, atHigh)) return
    if (high - low === 1) {
      turns.push({ upTo: low, before: atLow, after: atHigh })
      return
    }
    const middle = Math.floor((low + high) / 2)
    const atMiddle = winnersAt(middle)
    search(low, atLow, middle, atMiddle)
    search(middle, atMiddle, high, atHigh)
  }
  search(0, winnersAt(0), wholeWeight, winnersAt(wholeWeight))
  return turns
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one, i) => one === b[i])
