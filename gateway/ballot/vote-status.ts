/** What `vote.status` does: tells a voter where the vote with this voteId is, and proves it. */
import type { PollRecord } from '../../contracts/poll.ts'
import type { Proof } from '../../contracts/proof.ts'
import type { RememberedVote } from '../../contracts/remembered.ts'
import type { AskedVote, Receipt, VotePlace, VoteStatus } from '../../contracts/vote.ts'
import { dependsOnVoting, whatShows, type Reader } from '../../contracts/what-shows.ts'
import type { PollBook } from '../polls/poll-book.ts'
import type { FindVote, FoundVote } from '../receipts/find-vote.ts'
import type { ProveVote } from '../receipts/prove-vote.ts'
import type { HasVoted } from '../results/has-voted.redis.ts'
import { keysInPoll } from '../sessions/keys-in-poll.ts'
import type { Voter } from '../sessions/voter.ts'

const isAt = (vote: RememberedVote | null, { batchId, position }: VotePlace): boolean =>
  vote?.batchId === batchId && vote.position === position

/** Null: nobody can say now. */
export type AskVoteStatus = (voter: Voter, asked: AskedVote) => Promise<VoteStatus | null>

export function makeVoteStatus(parts: {
  readonly book: Pick<PollBook, 'byId'>
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly remembered: (pollId: string, voterKey: string, voteId: string) => Promise<RememberedVote | null>
  readonly findVote: FindVote
  /** The receipt of a vote that this process took lately. */
  readonly receiptAt: (pollId: string, at: VotePlace) => Receipt | null
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
    const vote = await rememberedIn(poll, keys, voteId)
    // A vote that is counted outlives what is remembered of its voter; and after a loss of Redis the same vote may lie
    // in a second batch: what is asked about is the place that was shown.
    const shown = receipt === undefined || isAt(vote, receipt) ? null : receipt
    const found = shown === null ? null : await findVote(poll, shown, voteId).catch(() => 'away' as const)
    if (found !== null && found !== 'away') {
      // Who shows a receipt need not be who voted: that matters where only voters see the counts.
      const isVoter = async () => vote !== null || (dependsOnVoting(poll) && (await hasVoted(pollId, keys)))
      return told(poll, found, async () => ((await isVoter()) ? 'voter' : 'stranger'))
    }
    if (vote === null) return found === 'away' ? null : { state: 'unknown' }
    const { batchId, position } = vote
    const at = { batchId, position }
    // With Postgres away the safe word is the lesser one: the vote is accepted and waits.
    const its = await findVote(poll, at, voteId).catch(() => null)
    if (its === null) return { state: 'queued', receipt: parts.receiptAt(pollId, at) ?? at }
    return told(poll, its, async () => 'voter')
  }

  async function rememberedIn(
    { pollId }: PollRecord,
    keys: readonly string[],
    voteId: string,
  ): Promise<RememberedVote | null> {
    for (const key of keys) {
      const vote = await parts.remembered(pollId, key, voteId)
      if (vote !== null) return vote
    }
    return null
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

  /** A proof names how many votes its poll had in its batch and its run: only who may see the counts has it. */
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
