/** What `vote.status` does: tells a voter where the vote with this voteId is, and proves it. */
import type { PollRecord } from '../../contracts/poll.ts'
import type { Proof } from '../../contracts/proof.ts'
import type { RememberedVote } from '../../contracts/remembered.ts'
import type { AskedVote, Receipt, VoteStatus } from '../../contracts/vote.ts'
import { dependsOnVoting, whatShows, type Reader } from '../../contracts/what-shows.ts'
import type { PollBook } from '../polls/poll-book.ts'
import type { FindVote, FoundVote } from '../receipts/find-vote.ts'
import type { ProveVote } from '../receipts/prove-vote.ts'
import type { HasVoted } from '../results/has-voted.redis.ts'
import { keysInPoll } from '../sessions/keys-in-poll.ts'
import type { Voter } from '../sessions/voter.ts'

/** Null: nobody can say now. */
export type AskVoteStatus = (voter: Voter, asked: AskedVote) => Promise<VoteStatus | null>

export function makeVoteStatus(parts: {
  readonly book: Pick<PollBook, 'byId'>
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly remembered: (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null>
  readonly findVote: FindVote
  /** The receipt of a vote that this process took lately. */
  readonly receiptAt: (batchId: string, position: number) => Receipt | null
  readonly proveVote: ProveVote
  readonly hasVoted: HasVoted
  /** Told why a vote that is stored could not be proven. */
  readonly onUnproven: (error: unknown, pollId: string) => void
}): AskVoteStatus {
  const { findVote, hasVoted } = parts
  return async (voter, { pollId, voteId, receipt }) => {
    const poll = parts.book.byId(pollId)
    if (poll === null) return { state: 'unknown' }
    const keys = keysInPoll(poll, voter, parts.voterKey).map(({ key }) => key)
    for (const key of keys) {
      const vote = await parts.remembered(pollId, key, voteId)
      if (vote === null) continue
      const { batchId, position } = vote
      const at = { batchId, position }
      // With Postgres away the safe word is the lesser one: the vote is accepted and waits.
      const found = await findVote(poll, at, voteId).catch(() => null)
      if (found === null) return { state: 'queued', receipt: parts.receiptAt(batchId, position) ?? at }
      return told(poll, found, async () => 'voter')
    }
    return receipt === undefined ? { state: 'unknown' } : shown(poll, receipt, voteId, keys)
  }

  /** A vote that is counted outlives what is remembered of its voter: then its receipt leads to it. */
  async function shown(
    poll: PollRecord,
    receipt: Receipt,
    voteId: string,
    keys: readonly string[],
  ): Promise<VoteStatus | null> {
    const found = await findVote(poll, receipt, voteId).catch(() => 'away' as const)
    if (found === 'away') return null
    if (found === null) return { state: 'unknown' }
    // Who shows a receipt need not be who voted: that matters where only voters see the counts.
    return told(poll, found, async () =>
      dependsOnVoting(poll) && (await hasVoted(poll.pollId, keys)) ? 'voter' : 'stranger',
    )
  }

  async function told(
    poll: PollRecord,
    found: FoundVote,
    reader: () => Promise<Reader>,
  ): Promise<VoteStatus> {
    const { receipt } = found
    if (found.is === 'queued') return { state: 'queued', receipt }
    const { outcome, ...more } = found.fate
    const proof = await proofFor(poll, found, reader)
    return { state: outcome, ...more, receipt, ...(proof && { proof }) }
  }

  /** A proof names how many votes its batch and its run had: only who may see the counts has it. */
  async function proofFor(
    poll: PollRecord,
    found: FoundVote & { readonly is: 'stored' },
    reader: () => Promise<Reader>,
  ): Promise<Proof | null> {
    try {
      if (whatShows(poll, await reader()) !== 'counts') return null
      const proof = await parts.proveVote(poll.pollNo, found)
      // Looked up again behind the reads: what was hidden meanwhile is hidden.
      const now = parts.book.byId(poll.pollId)
      return now !== null && whatShows(now, await reader()) === 'counts' ? proof : null
    } catch (error) {
      parts.onUnproven(error, poll.pollId)
      return null
    }
  }
}
