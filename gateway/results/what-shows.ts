/** Says what a reader may see of a poll's counts now: the one place where the visibility rules stand. */
import type { Poll } from '../../contracts/poll.ts'

/** counts: everything. turnout: how many voted, not for what. */
export type Shows = 'counts' | 'turnout' | 'nothing'

/** voter: one who has a vote in this very poll. stranger: everyone else who is no moderator. */
export type Reader = 'stranger' | 'voter' | 'moderator'

export function whatShows(
  { visibility, state, revealedAt }: Pick<Poll, 'visibility' | 'state' | 'revealedAt'>,
  reader: Reader,
): Shows {
  const isOver = state === 'closed' || state === 'counting' || state === 'certified'
  switch (visibility) {
    case 'live':
      return 'counts'
    case 'after-vote':
      return isOver || reader !== 'stranger' ? 'counts' : 'nothing'
    case 'after-close':
      return isOver || reader === 'moderator' ? 'counts' : 'nothing'
    case 'embargo':
      if (isOver && revealedAt !== null) return 'counts'
      return reader === 'moderator' ? 'turnout' : 'nothing'
  }
}
