/** When results will be seen, in words for whom they are hidden from. */
import type { PollParts } from '../polls/poll-parts.ts'
import { pollPhase } from '../polls/poll-phase.ts'
import { localTime } from '../time/when.ts'

type Rule = Pick<PollParts, 'state' | 'visibility' | 'closesAt' | 'revealedAt'>

/**
 * Null where nothing hides the results. The gateway alone decides what is shown; these words say what to expect of it.
 */
export function hiddenWords(poll: Rule, hasVoted: boolean, nowMs: number): string | null {
  const isOver = pollPhase(poll) === 'over'
  switch (poll.visibility) {
    case 'live':
      return null
    case 'after-vote':
      return isOver || hasVoted ? null : 'Results appear once you have voted.'
    case 'after-close':
      if (isOver) return null
      return poll.closesAt === null
        ? 'Results appear when the vote closes.'
        : `Results appear when the vote closes, at ${localTime(Date.parse(poll.closesAt), nowMs)}.`
    case 'embargo':
      if (!isOver) return 'Results will be announced.'
      return poll.revealedAt === null ? 'The vote is closed. The result will be announced.' : null
    default:
      return poll.visibility satisfies never
  }
}

/** For whoever should see results by this page's own reckoning, and does not by the gateway's, which alone counts. */
export function hiddenAllTheSame({ visibility }: Pick<Rule, 'visibility'>): string {
  return visibility === 'after-vote'
    ? 'We do not find your vote in this poll. Its results appear when the vote closes.'
    : 'Results are not shown right now.'
}
