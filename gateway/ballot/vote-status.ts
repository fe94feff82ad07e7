/** What `vote.status` does: tells a voter where the vote with this voteId is. */
import type { Fate } from '../../contracts/ledger.ts'
import type { RememberedVote } from '../../contracts/remembered.ts'
import type { AskedVote, Receipt, VotePlace, VoteStatus } from '../../contracts/vote.ts'
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
  readonly outcome: (pollNo: number, at: VotePlace, voteId: string) => Promise<Fate | null>
}): AskVoteStatus {
  return async (voter, { pollId, voteId, receipt }) => {
    const poll = parts.book.byId(pollId)
    if (poll === null) return { state: 'unknown' }
    for (const { key } of keysInPoll(poll, voter, parts.voterKey)) {
      const vote = await parts.remembered(pollId, key, voteId)
      if (vote === null) continue
      const at = { batchId: vote.batchId, position: vote.position }
      // With Postgres away the safe word is the lesser one: the vote is accepted and waits.
      const fate = await parts.outcome(poll.pollNo, at, voteId).catch(() => null)
      return fate === null ? { state: 'queued', receipt: at } : told(fate, at)
    }
    return receipt === undefined ? { state: 'unknown' } : shown(poll.pollNo, receipt, voteId)
  }

  /** A vote that is counted outlives what is remembered of its voter: then its receipt leads to it. */
  async function shown(pollNo: number, receipt: Receipt, voteId: string): Promise<VoteStatus | null> {
    const fate = await parts.outcome(pollNo, receipt, voteId).catch(() => 'away' as const)
    if (fate === 'away') return null
    return fate === null ? { state: 'unknown' } : told(fate, receipt)
  }
}

const told = ({ outcome, ...more }: Fate, receipt: Receipt): VoteStatus => ({
  state: outcome,
  ...more,
  receipt,
})
