/** Makes a ledger row of a batch' part, once it is known which of its votes were stored. */
import { createHash } from 'node:crypto'
import { canonicalBytes, type LedgerVote, type Outcome, type Uncounted } from '../../contracts/ledger.ts'
import type { Receipt } from '../../contracts/vote.ts'
import type { KnownPoll } from './known-polls.slonik.ts'
import type { BatchPart, ReceivedVote } from './received-batch.ts'

/** Where a shard's chain of a poll begins. */
export const firstHash = Buffer.alloc(32)

/** What became of one vote; absent for a vote that was stored. */
export type Unstored =
  | { readonly outcome: 'repeat' | 'refused'; readonly of: Receipt }
  | { readonly outcome: 'rejected'; readonly why: string }

export interface LedgerRow {
  readonly part: BatchPart
  readonly seq: number
  readonly tally: Readonly<Record<Outcome, number>>
  /** The votes that were counted. */
  readonly counted: readonly ReceivedVote[]
  readonly content: Buffer
  readonly hash: Buffer
}

export function makeLedgerRow(
  part: BatchPart,
  poll: KnownPoll | undefined,
  unstored: (vote: ReceivedVote) => Unstored | undefined,
  before: { readonly seq: number; readonly hash: Buffer },
): LedgerRow {
  const tally = { counted: 0, repeat: 0, refused: 0, rejected: 0 }
  const counted: ReceivedVote[] = []
  const uncounted: Uncounted[] = []
  const votes = part.votes.map((vote): LedgerVote => {
    const { position, voteId, boxNo, optionNo } = vote
    const its = unstored(vote)
    tally[its?.outcome ?? 'counted']++
    if (its === undefined) counted.push(vote)
    else uncounted.push({ position, ...its })
    return [
      position,
      voteId,
      poll?.boxes[boxNo]?.boxId ?? String(boxNo),
      poll?.options[optionNo] ?? String(optionNo),
    ]
  })
  const { batchId, run, runSeq, runAccepted } = part
  const acceptedAt = new Date(part.at).toISOString()
  const pollId = poll?.pollId ?? ''
  const content = canonicalBytes({
    ...{ pollId, batchId, run, runSeq, runAccepted, acceptedAt, votes, uncounted },
  })
  return { part, seq: before.seq + 1, tally, counted, content, hash: chainHash(before.hash, content) }
}

/** sha256(hash of the row before || content). */
export function chainHash(before: Buffer, content: Buffer): Buffer {
  return createHash('sha256').update(before).update(content).digest()
}

/** Why a vote cannot be stored at all, or null. */
export function whyRejected(poll: KnownPoll | undefined, vote: ReceivedVote): string | null {
  if (poll === undefined) return 'unknown-poll'
  if (poll.boxes[vote.boxNo] === undefined) return 'unknown-box'
  if (poll.options[vote.optionNo] === undefined) return 'unknown-option'
  return null
}
