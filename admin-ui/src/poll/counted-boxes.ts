/** The ballot boxes of a poll with what they received, as the weighing of a result takes them. */
import type { BoxCounts } from '../../../contracts/result.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import type { TallyFrame } from '../polls/use-tally.ts'

export function countedBoxes(
  poll: Pick<PollParts, 'options' | 'boxes'>,
  tally: Pick<TallyFrame, 'boxes'>,
): BoxCounts[] {
  return poll.boxes.map(({ boxId, weight }) => {
    const box = tally.boxes.find((one) => one.boxId === boxId)
    const votesOf = new Map(box?.options.map(({ optionId, votes }) => [optionId, votes]))
    return { boxId, weight, votes: poll.options.map(({ optionId }) => votesOf.get(optionId) ?? 0) }
  })
}

export const totalOf = ({ votes }: Pick<BoxCounts, 'votes'>): number =>
  votes.reduce((sum, one) => sum + one, 0)
