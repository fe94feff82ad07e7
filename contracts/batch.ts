/** One queue job: the group of votes that a gateway accepted together, and the header that numbers it. */
import { z } from 'zod'

/** The most votes that one group may hold. */
export const groupSize = 500

/** The queue of batches; its keys share the hash tag of `redis-keys.ts`. A job's id is its batchId. */
export const batchQueue = { name: 'batches', prefix: 'urna:{b0}:bull', job: 'batch' } as const

/** One accepted vote: [pollNo, boxNo, optionNo, voterKey (32 hex digits), voteId, acceptedAt in epoch ms]. */
const batchVoteShape = z.tuple([
  z.int().min(1).max(2_147_483_647),
  z.int().min(0).max(9),
  z.int().min(0).max(99),
  z.string().regex(/^[0-9a-f]{32}$/),
  z.uuid(),
  // The last instant that a Date can tell.
  z.int().min(1).max(8.64e15),
])
export type BatchVote = z.infer<typeof batchVoteShape>

/**
 * run: UUIDv7 of the gateway's run. seq: this batch's number in the run, from 1 without gaps. accepted: what
 * the run had accepted in all, this batch included: a missing seq that is no longer queued is a lost batch,
 * and the difference of `accepted` around it says how many votes it held. A vote's position is its index.
 */
export const batchShape = z.object({
  v: z.literal(1),
  run: z.uuid(),
  seq: z.int().positive(),
  accepted: z.int().positive(),
  votes: z.array(batchVoteShape).min(1).max(groupSize),
})
export type Batch = z.infer<typeof batchShape>
