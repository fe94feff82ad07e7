/** What a voter sends and hears: the shapes of `session.start`, `vote.cast` and `vote.status`. */
import { z } from 'zod'
import { boxIdShape, optionIdShape, pollIdShape, voteIdShape } from './ids.ts'
import { voteRefusals, type VoteRefusal } from './refusals.ts'

/** `token` travels as `authorization: Bearer`; `expiresAt` is ISO 8601. */
export const sessionShape = z.object({ token: z.string(), expiresAt: z.string() })
export type Session = z.infer<typeof sessionShape>

/** `box` may be left out where the poll has one box. */
export const castVoteShape = z.strictObject({
  pollId: pollIdShape,
  box: boxIdShape.optional(),
  optionId: optionIdShape,
  voteId: voteIdShape,
})
export type CastVote = z.infer<typeof castVoteShape>

/** The gateway's word that it accepted a vote: where in which batch it lies. */
export const receiptShape = z.object({ batchId: z.uuid(), position: z.int().min(0) })
export type Receipt = z.infer<typeof receiptShape>

const refusalCodes = Object.keys(voteRefusals) as [VoteRefusal, ...VoteRefusal[]]

/** `acceptedAt` and `retryAt` are ISO 8601 by the server's clock. */
export const voteAnswerShape = z.discriminatedUnion('accepted', [
  z.object({ accepted: z.literal(true), voteId: z.string(), acceptedAt: z.string(), receipt: receiptShape }),
  z.object({
    accepted: z.literal(false),
    reason: z.enum(refusalCodes),
    message: z.string(),
    retryAt: z.string().optional(),
  }),
])
export type VoteAnswer = z.infer<typeof voteAnswerShape>

export const voteStatusInputShape = z.strictObject({ pollId: pollIdShape, voteId: voteIdShape })

/**
 * queued: accepted and safe, not yet in the ledger. unknown: this voter has no such vote here. not-counted: accepted
 * by a memory that had forgotten an earlier vote of this voter, which stands.
 */
export const voteStatusShape = z.object({
  state: z.enum(['queued', 'counted', 'not-counted', 'unknown']),
  receipt: receiptShape.optional(),
})
export type VoteStatus = z.infer<typeof voteStatusShape>
