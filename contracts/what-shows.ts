/** Says what a reader may see of a poll's counts now: the one place where the visibility rules stand. */
import type { Poll } from './poll.ts'

/** counts: everything. turnout: how many voted, not for what. */
export type Shows = 'counts' | 'turnout' | 'nothing'

/** voter: one who has a vote in this very poll. stranger: everyone else who is no moderator. */
export type Reader = 'stranger' | 'voter' | 'moderator'

export const isOver = ({ state }: Pick<Poll, 'state'>): boolean =>
  state === 'closed' || state === 'counting' || state === 'certified'

/** Whether it makes a difference now that a reader has voted. */
export const dependsOnVoting = (poll: Pick<Poll, 'visibility' | 'state'>): boolean =>
  poll.visibility === 'after-vote' && !isOver(poll)

export function whatShows(poll: Pick<Poll, 'visibility' | 'state' | 'revealedAt'>, reader: Reader): Shows {
  switch (poll.visibility) {
    case 'live':
      return 'counts'
    case 'after-vote':
      return isOver(poll) || reader !== 'stranger' ? 'counts' : 'nothing'
    case 'after-close':
      return isOver(poll) || reader === 'moderator' ? 'counts' : 'nothing'
    case 'embargo':
      if (isOver(poll) && poll.revealedAt !== null) return 'counts'
      return reader === 'moderator' ? 'turnout' : 'nothing'
  }
}
