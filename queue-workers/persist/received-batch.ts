/** A batch as a worker received it, taken apart by poll. */
import { decodeEntry, sizeOf, type Batch } from '../../contracts/batch.ts'

export interface ReceivedBatch {
  readonly batchId: string
  readonly batch: Batch
}

/** A vote with its position in its batch. */
export interface ReceivedVote {
  readonly position: number
  readonly boxNo: number
  readonly optionNo: number
  readonly voterKey: string
  readonly voteId: string
}

/** What one batch holds for one poll: what a ledger row is about. at: when its votes were accepted, epoch ms. */
export interface BatchPart {
  readonly batchId: string
  readonly pollNo: number
  readonly run: string
  readonly runSeq: number
  readonly runAccepted: number
  readonly at: number
  readonly votes: readonly ReceivedVote[]
}

/** One part for each (batch, poll); the same batch in two jobs counts as one. */
export function partsOf(batches: readonly ReceivedBatch[]): BatchPart[] {
  const once = new Map(batches.map((received) => [received.batchId, received]))
  return [...once.values()].flatMap(({ batchId, batch }) => {
    const byPoll = new Map<number, ReceivedVote[]>()
    for (let position = 0; position < sizeOf(batch); position++) {
      const { pollPlace, ...vote } = decodeEntry(batch.votes, position)
      const pollNo = batch.polls[pollPlace]
      if (pollNo === undefined) throw new Error(`batch ${batchId} has no poll at place ${pollPlace}`)
      const votes = byPoll.get(pollNo)
      if (votes === undefined) byPoll.set(pollNo, [{ position, ...vote }])
      else votes.push({ position, ...vote })
    }
    return [...byPoll].map(([pollNo, votes]) => ({
      ...{ batchId, pollNo, votes, at: batch.at },
      ...{ run: batch.run, runSeq: batch.seq, runAccepted: batch.accepted },
    }))
  })
}
