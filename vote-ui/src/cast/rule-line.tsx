/** The rule of the box, by the vote button. */
import type { BallotBox } from '../../../contracts/poll.ts'
import { ruleWords } from './rule-words.ts'
import type { Turn } from './turn.ts'

interface RuleLineParts {
  readonly box: Pick<BallotBox, 'limit' | 'voters'>
  readonly turn: Turn
  readonly nowMs: number
}

export function RuleLine({ box, turn, nowMs }: RuleLineParts) {
  return (
    <p className="rule" data-turn={turn.at}>
      {ruleWords(box, turn, nowMs)}
      {box.voters === 'verified' && ' For verified voters.'}
    </p>
  )
}
