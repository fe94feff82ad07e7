/** A batch as a worker received it, taken apart by poll. */
import type { Batch, BatchVote } from '../../contracts/batch.ts'

export interface ReceivedBatch {
  readonly batchId: string
  readonly batch: Batch
}

/** A vote with its position in its batch. Times in epoch ms. */
export interface ReceivedVote {
  readonly position: number
  readonly boxNo: number
  readonly optionNo: number
  readonly voterKey: string
  readonly voteId: string
  readonly acceptedAt: number
}

/** What one batch holds for one poll: what a ledger row is about. */
export interface BatchPart {
  readonly batchId: string
  readonly pollNo: number
  readonly run: string
  readonly runSeq: number
  readonly runAccepted: number
  readonly votes: readonly ReceivedVote[]
}

/** One part for each (batch, poll); the same batch in two jobs counts as one. */
export function partsOf(batches: readonly ReceivedBatch[]): BatchPart[] {
  const once = new Map(batches.map((received) => [received.batchId, received]))
  return [...once.values()].flatMap(({ batchId, batch }) => {
    const byPoll = new Map<number, ReceivedVote[]>()
    batch.votes.forEach((vote, position) => {
      const votes = byPoll.get(vote[0])
      if (votes === undefined) byPoll.set(vote[0], [received(vote, position)])
      else votes.push(received(vote, position))
    })
    return [...byPoll].map(([pollNo, votes]) => ({
      ...{ batchId, pollNo, votes },
      ...{ run: batch.run, runSeq: batch.seq, runAccepted: batch.accepted },
    }))
  })
}

function received(
  [, boxNo, optionNo, voterKey, voteId, acceptedAt]: BatchVote,
  position: number,
): ReceivedVote {
  return { position, boxNo, optionNo, voterKey, voteId, acceptedAt }
}
