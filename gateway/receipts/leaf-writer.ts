/** Writes votes as the leaves of their batch' tree (contracts/ledger.ts), out of pieces that are ready. */
import { groupSize } from '../../contracts/batch.ts'
import { leafText } from '../../contracts/ledger.ts'
import type { PollRecord } from '../../contracts/poll.ts'

/** A vote by its numbers, at its position in the batch. */
export type WriteLeaf = (position: number, voteId: string, boxNo: number, optionNo: number) => string

type Named = Pick<PollRecord, 'boxes' | 'options'>

const openings = Array.from({ length: groupSize }, (_, position) => `[${position},"`)
// Boxes have one digit, options two: see contracts/batch.ts.
const optionsOfBox = 100

const writers = new WeakMap<Named, WriteLeaf>()

/** One for each record of a poll. Where a number has no name the number stands, as in the ledger. */
export function leafWriter(poll: Named): WriteLeaf {
  const known = writers.get(poll)
  if (known !== undefined) return known
  const endings: (string | undefined)[] = []
  const ending = (boxNo: number, optionNo: number): string => {
    const box = poll.boxes[boxNo]?.boxId ?? String(boxNo)
    const option = poll.options[optionNo]?.optionId ?? String(optionNo)
    return leafText([0, '', box, option]).slice('[0,"'.length)
  }
  const write: WriteLeaf = (position, voteId, boxNo, optionNo) => {
    const its = (endings[boxNo * optionsOfBox + optionNo] ??= ending(boxNo, optionNo))
    return (openings[position] ?? '') + voteId + its
  }
  writers.set(poll, write)
  return write
}
