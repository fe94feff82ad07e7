/** A batch as a worker received it, taken apart by poll. */
import { z } from 'zod'
import { hollowBatch, pollParts, type Batch, type PollPart } from '../../contracts/batch.ts'

/** A job into which no votes were ever put. */
export const hollowShape = z.strictObject({ v: z.literal(hollowBatch.v) })

export interface ReceivedBatch {
  readonly batchId: string
  readonly batch: Batch
}

/** What one batch holds for one poll: what a ledger row is about. `voteColumns` checks its entries while it reads them. */
export interface BatchPart extends PollPart {
  readonly batchId: string
  readonly run: string
  /** The batch's number in its run, and what the run had accepted with it in all, of all polls. */
  readonly runSeq: number
  readonly runAccepted: number
  /** When its votes were accepted, epoch ms. */
  readonly at: number
}

/** One part for each (batch, poll), the earliest first; the same batch in two jobs counts as one. */
export function partsOf(batches: readonly ReceivedBatch[]): BatchPart[] {
  const once = new Map(batches.map((received) => [received.batchId, received]))
  return [...once.values()].flatMap(partsOfOne).sort((a, b) => a.at - b.at)
}

function partsOfOne({ batchId, batch }: ReceivedBatch): BatchPart[] {
  const { run, seq: runSeq, accepted: runAccepted, at } = batch
  return pollParts(batch).map((part) => ({ ...part, batchId, run, runSeq, runAccepted, at }))
}
