/** A batch as a worker received it, taken apart by poll. */
import { z } from 'zod'
import {
  batchShape,
  entryParts,
  entryWidth,
  groupSize,
  hollowBatch,
  sizeOf,
  type Batch,
} from '../../contracts/batch.ts'

/**
 * What a job holds: a batch, but for the votes' text, which `partsOf` and `voteColumns` check while they read it. Of a
 * job of another form not even the votes can be told apart.
 */
export const receivedShape = batchShape.extend({
  votes: z
    .string()
    .min(entryWidth)
    .max(groupSize * entryWidth)
    .refine((votes) => votes.length % entryWidth === 0, 'must be whole entries'),
})

/** A job into which no votes were ever put. */
export const hollowShape = z.strictObject({ v: z.literal(hollowBatch.v) })

export interface ReceivedBatch {
  readonly batchId: string
  readonly batch: Batch
}

/** What one batch holds for one poll: what a ledger row is about. */
export interface BatchPart {
  readonly batchId: string
  readonly pollNo: number
  readonly run: string
  readonly runSeq: number
  readonly runAccepted: number
  /** When its votes were accepted, epoch ms. */
  readonly at: number
  /** Its entries out of the batch's text, and at which position of the batch each stands. */
  readonly entries: string
  readonly positions: ArrayLike<number>
  readonly size: number
  /** Those of its entries, by index, of which not even the poll can be read: they stand with the batch' first poll. */
  readonly astray?: ReadonlySet<number>
}

// Nearly every batch is of one poll: its votes stand at these positions.
const allPositions = Uint16Array.from({ length: groupSize }, (_, position) => position)

/** One part for each (batch, poll), the earliest first; the same batch in two jobs counts as one. */
export function partsOf(batches: readonly ReceivedBatch[]): BatchPart[] {
  const once = new Map(batches.map((received) => [received.batchId, received]))
  return [...once.values()].flatMap(partsOfOne).sort((a, b) => a.at - b.at)
}

function partsOfOne({ batchId, batch }: ReceivedBatch): BatchPart[] {
  const { run, seq: runSeq, accepted: runAccepted, at, polls, votes } = batch
  const header = { batchId, run, runSeq, runAccepted, at }
  const size = sizeOf(batch)
  const [first] = polls
  if (first !== undefined && polls.length === 1 && allOfFirstPoll(votes, size)) {
    return [{ ...header, pollNo: first, entries: votes, positions: allPositions, size }]
  }
  const byPoll = new Map<number, { entries: string[]; positions: number[]; astray: Set<number> }>()
  for (let position = 0; position < size; position++) {
    const start = position * entryWidth
    const place = votes.slice(start, start + entryParts.optionNo)
    const named = /^\d{3}$/.test(place) ? polls[Number(place)] : undefined
    const pollNo = named ?? first
    if (pollNo === undefined) throw new Error(`batch ${batchId} names no poll`)
    let its = byPoll.get(pollNo)
    if (its === undefined) byPoll.set(pollNo, (its = { entries: [], positions: [], astray: new Set() }))
    if (named === undefined) its.astray.add(its.positions.length)
    its.entries.push(votes.slice(start, start + entryWidth))
    its.positions.push(position)
  }
  return [...byPoll].map(([pollNo, { entries, positions, astray }]) => ({
    ...{ ...header, pollNo, positions },
    ...{ entries: entries.join(''), size: positions.length },
    ...(astray.size > 0 && { astray }),
  }))
}

function allOfFirstPoll(votes: string, size: number): boolean {
  for (let position = 0; position < size; position++) {
    if (!votes.startsWith('000', position * entryWidth)) return false
  }
  return true
}
