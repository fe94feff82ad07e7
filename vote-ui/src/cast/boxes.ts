/** The ballot boxes of a poll as a voter meets them. */
import type { BallotBox, VoteLimit } from '../../../contracts/poll.ts'

/** One ballot box of one poll. */
export interface InBox {
  readonly pollId: string
  readonly boxId: string
  /** A poll's only box needs no name in a vote. */
  readonly isOnly: boolean
  /** Whose votes these are: the device's, or those of the person whom it is verified as. */
  readonly voters: BallotBox['voters']
}

interface WithBoxes {
  readonly pollId: string
  readonly boxes: readonly Pick<BallotBox, 'boxId' | 'voters'>[]
}

export const boxesOf = ({ pollId, boxes }: WithBoxes): InBox[] =>
  boxes.map(({ boxId, voters }) => ({ pollId, boxId, isOnly: boxes.length === 1, voters }))

/** Whether a voter may vote here more than once. */
export const takesSeveral = (limit: VoteLimit | null): boolean =>
  limit === null || limit.votes > 1 || limit.perSeconds !== null

/** `fan-votes` is told as "Fan votes". */
export function boxName(boxId: string): string {
  const words = boxId.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
