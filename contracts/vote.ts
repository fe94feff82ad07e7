/** What a voter sends and hears: the shapes of `session.start`, `vote.cast` and `vote.status`. */
import { z } from 'zod'
import { boxIdShape, optionIdShape, pollIdShape, voteIdShape } from './ids.ts'
import { voteRefusals, type VoteRefusal } from './refusals.ts'

/** `token` travels as `authorization: Bearer`; `expiresAt` is ISO 8601. */
export const sessionShape = z.object({ token: z.string(), expiresAt: z.string() })
export type Session = z.infer<typeof sessionShape>

/** `session.verify`: `identityToken` is the word of someone who vouches for this voter. */
export const verifyShape = z.strictObject({ identityToken: z.string().min(1).max(2_000) })

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

/**
 * `acceptedAt` and `retryAt` are ISO 8601 by the server's clock. `remaining`: how many votes this voter has left in
 * this box now, null where it has no limit. `retryAt` of a limit: when the next vote is possible; none where the limit
 * is for the whole poll.
 */
export const voteAnswerShape = z.discriminatedUnion('accepted', [
  z.object({
    accepted: z.literal(true),
    voteId: z.string(),
    acceptedAt: z.string(),
    remaining: z.int().min(0).nullable(),
    receipt: receiptShape,
  }),
  z.object({
    accepted: z.literal(false),
    reason: z.enum(refusalCodes),
    message: z.string(),
    retryAt: z.string().optional(),
  }),
])
export type VoteAnswer = z.infer<typeof voteAnswerShape>

/** With its receipt a vote is also found once nobody remembers its voter: in the ledger. */
export const voteStatusInputShape = z.strictObject({
  pollId: pollIdShape,
  voteId: voteIdShape,
  receipt: receiptShape.optional(),
})
export type AskedVote = z.infer<typeof voteStatusInputShape>

/**
 * queued: accepted and safe, not yet in the ledger. unknown: neither what is remembered of this voter
 * nor a receipt leads to such a vote. not-counted: accepted by a memory that had forgotten an earlier vote of this
 * voter, which stands.
 */
export const voteStatusShape = z.object({
  state: z.enum(['queued', 'counted', 'not-counted', 'unknown']),
  receipt: receiptShape.optional(),
})
export type VoteStatus = z.infer<typeof voteStatusShape>

/**
 * What a voter may still do in a poll, box by box. `remaining`: votes left now, null = no limit. `nextAt`: when the
 * next vote is possible, null where one is possible now or never again. `mayVote`: false where the box wants an
 * identity that this session lacks. `hasVoted`: whether this voter has a vote in the poll.
 */
export interface Allowance {
  readonly hasVoted: boolean
  readonly boxes: readonly {
    readonly boxId: string
    readonly mayVote: boolean
    readonly remaining: number | null
    readonly nextAt: string | null
  }[]
}
