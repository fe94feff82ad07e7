/** The rules of a poll before it opens: of each ballot box who may vote, how often, and what it weighs. */
import type { BallotBox } from '../../../contracts/poll.ts'
import { boxName } from './boxes.ts'
import { limitWords, weightWords, whoWords } from './rule-words.ts'

export function RuleList({ boxes, weighs }: { boxes: readonly BallotBox[]; weighs: boolean }) {
  return (
    <ul className="rule-list" aria-label="How you can vote">
      {boxes.map(({ boxId, voters, limit, weight }) => (
        <li key={boxId}>
          {boxes.length > 1 && (
            <>
              <strong>{boxName(boxId)}</strong> ·{' '}
            </>
          )}
          {limitWords(limit)} · {whoWords(voters).toLowerCase()}
          {boxes.length > 1 && weighs && ` · ${weightWords(weight).toLowerCase()}`}
        </li>
      ))}
    </ul>
  )
}
