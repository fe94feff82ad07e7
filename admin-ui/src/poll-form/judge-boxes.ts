/** Judges the ballot boxes of a draft: as the server would take them, and which field is wrong and why. */
import { wholeWeight, type BallotBox } from '../../../contracts/poll.ts'
import { restOf, type BoxDraft } from './box-drafts.ts'
import type { Faults } from './fields.ts'
import { limitOf } from './limit-draft.ts'
import { percentText, weightFrom } from './weights.ts'

/** Where there are faults the boxes are only a likeness, and are not sent. */
export function judgeBoxes(drafts: readonly BoxDraft[]): { boxes: BallotBox[]; faults: Faults } {
  const faults: Faults = {}
  const boxes = drafts.map(({ boxId, voters, limit, weight }, place) => {
    const first = drafts.findIndex((other) => other.boxId === boxId)
    if (boxId === '') faults[`boxes.${place}.boxId`] = 'A ballot box needs a name.'
    else if (first < place) faults[`boxes.${place}.boxId`] = `Box ${first + 1} has this name already.`
    else if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(boxId))
      faults[`boxes.${place}.boxId`] = 'Lower case letters and digits, joined by single hyphens.'
    const judged = limitOf(limit)
    if ('fault' in judged) faults[`boxes.${place}.limit`] = judged.fault
    const read = weightFrom(weight)
    if (read === null)
      faults[`boxes.${place}.weight`] =
        'A percentage from 0 to 100, such as 70 or 12.5, two decimals at most.'
    return { boxId, voters, limit: 'fault' in judged ? null : judged.limit, weight: read ?? 0 }
  })
  const rest = restOf(drafts)
  if (rest !== null && rest !== 0) {
    const sum = percentText(wholeWeight - rest)
    faults.boxes =
      rest > 0
        ? `The weights sum to ${sum} %: ${percentText(rest)} % are still to give.`
        : `The weights sum to ${sum} %: ${percentText(-rest)} % too much.`
  }
  return { boxes, faults }
}
