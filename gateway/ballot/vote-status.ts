/** What `vote.status` does: tells a voter where the vote with this voteId is. */
import type { Outcome } from '../../contracts/ledger.ts'
import type { RememberedVote } from '../../contracts/remembered.ts'
import type { VoteStatus } from '../../contracts/vote.ts'
import type { PollBook } from '../polls/poll-book.ts'
import { identityFor, type Voter } from '../sessions/voter.ts'

export function makeVoteStatus(parts: {
  readonly book: Pick<PollBook, 'byId'>
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly remembered: (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null>
  /** What the ledger says of it, null while it does not have the batch; rejects while Postgres is away. */
  readonly outcome: (pollNo: number, batchId: string, position: number) => Promise<Outcome | null>
}): (voter: Voter, asked: { pollId: string; voteId: string }) => Promise<VoteStatus> {
  return async (voter, { pollId, voteId }) => {
    const poll = parts.book.byId(pollId)
    if (poll === null) return { state: 'unknown' }
    for (const voters of new Set(poll.boxes.map((box) => box.voters))) {
      const identity = identityFor(voters, voter)
      if (identity === null) continue
      const key = parts.voterKey(poll.keyVersion, pollId, voters, identity)
      const vote = await parts.remembered(pollId, key, voteId)
      if (vote === null) continue
      // With Postgres away the safe word is the lesser one: the vote is accepted and waits.
      const outcome = await parts.outcome(poll.pollNo, vote.batchId, vote.position).catch(() => null)
      return { state: stateOf(outcome), receipt: { batchId: vote.batchId, position: vote.position } }
    }
    return { state: 'unknown' }
  }
}

/** A repeat counts as the vote that it repeats. */
function stateOf(outcome: Outcome | null): VoteStatus['state'] {
  switch (outcome) {
    case null:
      return 'queued'
    case 'counted':
    case 'repeat':
      return 'counted'
    case 'refused':
    case 'rejected':
      return 'not-counted'
  }
}
