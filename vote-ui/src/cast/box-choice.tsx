/** Where a poll has several ballot boxes: as whom to vote, how often, and what it weighs in the result. */
import type { BallotBox } from '../../../contracts/poll.ts'
import { boxName } from './boxes.ts'
import { limitWords, weightWords, whoWords } from './rule-words.ts'

interface BoxChoiceParts {
  readonly boxes: readonly BallotBox[]
  readonly chosenId: string
  /** Boxes in which this device has voted. */
  readonly votedIn: ReadonlySet<string>
  /** A rehearsal has no result that a box could weigh in. */
  readonly weighs: boolean
  readonly onChoose: (boxId: string) => void
}

export function BoxChoice({ boxes, chosenId, votedIn, weighs, onChoose }: BoxChoiceParts) {
  return (
    <fieldset className="box-choice">
      <legend>How do you vote?</legend>
      {boxes.map(({ boxId, voters, limit, weight }) => (
        <label key={boxId} className="box">
          <input
            type="radio"
            name="box"
            value={boxId}
            checked={boxId === chosenId}
            onChange={() => onChoose(boxId)}
          />
          <span className="box-name">
            {boxName(boxId)}
            {votedIn.has(boxId) && <span className="badge badge-good">You voted</span>}
          </span>
          <span className="box-rule">
            {whoWords(voters)} · {limitWords(limit)}
          </span>
          {weighs && <span className="box-weight">{weightWords(weight)}</span>}
        </label>
      ))}
    </fieldset>
  )
}
