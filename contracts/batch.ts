/** One queue job: the group of votes that a gateway accepted together, and the header that numbers it. */
import { z } from 'zod'

/** The most votes that one group may hold. */
export const groupSize = 500

/** The prefix of a lane's queue: its keys share the lane's hash tag with those of `redis-keys.ts`. */
export const queuePrefix = (lane: number): string => `urna:{b${lane}}:bull`

/** The queue of batches, in the first lane. A job's id is its batchId. */
export const batchQueue = { name: 'batches', prefix: queuePrefix(0), job: 'batch' } as const

/** Characters of a vote's entry: fixed, so that scripts and workers take it apart by place and nobody parses it. */
export const entryWidth = 74
/** Where each part of an entry begins; the poll's place begins it, the voteId ends it. */
export const entryParts = { optionNo: 3, boxNo: 5, voterKey: 6, voteId: 38 } as const

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const entries = new RegExp(`^(?:\\d{6}[0-9a-f]{32}${uuid}){0,${groupSize}}$`)

/** One vote of a batch. `pollPlace`: index of its poll among the batch's `polls`. voterKey: 32 hex digits. */
export interface BatchEntry {
  readonly pollPlace: number
  readonly optionNo: number
  readonly boxNo: number
  readonly voterKey: string
  readonly voteId: string
}

/** 3 digits pollPlace, 2 optionNo, 1 boxNo, 32 voterKey, 36 voteId (lower case). */
export function encodeEntry(pollPlace: number, vote: Omit<BatchEntry, 'pollPlace'>): string {
  const place = pollPlace === 0 ? '000' : String(pollPlace).padStart(3, '0')
  const { optionNo, boxNo, voterKey, voteId } = vote
  return `${place}${optionNo < 10 ? '0' : ''}${optionNo}${boxNo}${voterKey}${voteId}`
}

/** The entry at a position, of text that `batchShape` has read. */
export function decodeEntry(votes: string, position: number): BatchEntry {
  const start = position * entryWidth
  return {
    pollPlace: Number(votes.slice(start, start + entryParts.optionNo)),
    optionNo: Number(votes.slice(start + entryParts.optionNo, start + entryParts.boxNo)),
    boxNo: Number(votes.slice(start + entryParts.boxNo, start + entryParts.voterKey)),
    voterKey: votes.slice(start + entryParts.voterKey, start + entryParts.voteId),
    voteId: votes.slice(start + entryParts.voteId, start + entryWidth),
  }
}

/**
 * run: UUIDv7 of the gateway's run. seq: this batch's number in the run, from 1 without gaps. accepted: what
 * the run had accepted in all, this batch included: a missing seq that is no longer queued is a lost batch,
 * and the difference of `accepted` around it says how many votes it held. at: when its votes were accepted, epoch
 * ms. polls: the pollNo of each poll in it. votes: the entries, one after another; a vote's position is its index.
 */
export const batchShape = z.object({
  v: z.literal(2),
  run: z.uuid(),
  seq: z.int().positive(),
  accepted: z.int().positive(),
  // The last instant that a Date can tell.
  at: z.int().min(1).max(8.64e15),
  polls: z.array(z.int().min(1).max(2_147_483_647)).min(1).max(groupSize),
  votes: z.string().min(entryWidth).regex(entries),
})
export type Batch = z.infer<typeof batchShape>

/** A job before its votes are put into it, in the same atomic write; one that is ever met so holds none. */
export const hollowBatch = { v: 2 } as const

/** How many votes a batch holds. */
export const sizeOf = ({ votes }: Pick<Batch, 'votes'>): number => votes.length / entryWidth
