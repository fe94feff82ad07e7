/** What `vote.status` does: tells a voter where the vote with this voteId is. */
import type { Outcome } from '../../contracts/ledger.ts'
import type { RememberedVote } from '../../contracts/remembered.ts'
import type { AskedVote, Receipt, VoteStatus } from '../../contracts/vote.ts'
import type { PollBook } from '../polls/poll-book.ts'
import { keysInPoll } from '../sessions/keys-in-poll.ts'
import type { Voter } from '../sessions/voter.ts'

/** Null: nobody can say now. */
export type AskVoteStatus = (voter: Voter, asked: AskedVote) => Promise<VoteStatus | null>

export function makeVoteStatus(parts: {
  readonly book: Pick<PollBook, 'byId'>
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly remembered: (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null>
  /** What the ledger says of it, null while no such vote lies there; rejects while Postgres is away. */
  readonly outcome: (pollNo: number, at: Receipt, voteId: string) => Promise<Outcome | null>
}): AskVoteStatus {
  return async (voter, { pollId, voteId, receipt }) => {
    const poll = parts.book.byId(pollId)
    if (poll === null) return { state: 'unknown' }
    for (const { key } of keysInPoll(poll, voter, parts.voterKey)) {
      const vote = await parts.remembered(pollId, key, voteId)
      if (vote === null) continue
      const at = { batchId: vote.batchId, position: vote.position }
      // With Postgres away the safe word is the lesser one: the vote is accepted and waits.
      const outcome = await parts.outcome(poll.pollNo, at, voteId).catch(() => null)
      return { state: outcome === null ? 'queued' : stateOf(outcome), receipt: at }
    }
    return receipt === undefined ? { state: 'unknown' } : shown(poll.pollNo, receipt, voteId)
  }

  /** A vote that is counted outlives what is remembered of its voter: then its receipt leads to it. */
  async function shown(pollNo: number, receipt: Receipt, voteId: string): Promise<VoteStatus | null> {
    const outcome = await parts.outcome(pollNo, receipt, voteId).catch(() => 'away' as const)
    if (outcome === 'away') return null
    return outcome === null ? { state: 'unknown' } : { state: stateOf(outcome), receipt }
  }
}

/** A repeat counts as the vote that it repeats. */
function stateOf(outcome: Outcome): 'counted' | 'not-counted' {
  switch (outcome) {
    case 'counted':
    case 'repeat':
      return 'counted'
    case 'refused':
    case 'rejected':
      return 'not-counted'
  }
}
