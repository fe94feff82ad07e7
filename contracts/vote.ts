/** What a voter sends and hears: the shapes of `session.start`, `vote.cast` and `vote.status`. */
import { z } from 'zod'
import { proofShape } from './proof.ts'
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

/** Where a vote lies: in which batch, and where among the votes of its poll in it. */
export const votePlaceShape = z.object({ batchId: z.uuid(), position: z.int().min(0) })
export type VotePlace = z.infer<typeof votePlaceShape>

/**
 * The gateway's word that it accepted a vote, which anyone can check (proof.ts): path leads from the vote to the root of
 * its batch' tree, signature (64 bytes in base64url, by key keyId) is over `receiptStatement`. A repeat that finds
 * another gateway may hear the place alone; `vote.status` brings the rest.
 */
export const receiptShape = votePlaceShape.extend({
  path: z
    .string()
    .max(44 * 16)
    .optional(),
  signature: z.string().length(86).optional(),
  keyId: z.string().length(16).optional(),
})
export type Receipt = z.infer<typeof receiptShape>

/** What a receipt's signature is over. root: of the tree of the batch' votes for this poll, base64url. */
export const receiptStatement = (batchId: string, pollId: string, root: string): string =>
  `urna.receipt.v1\n${batchId}\n${pollId}\n${root}`

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
 * queued: accepted and safe, not yet in the ledger. counted: in the result. repeat: the same vote lies at `of`, which
 * counts. refused: accepted by a memory that had forgotten an earlier vote of this voter, which stands at `of`. rejected:
 * it cannot be stored; `why` says so. unknown: neither what is remembered of this voter nor a receipt leads to such
 * a vote. receipt: complete once it can be. proof: once the row is stored, for who may see the counts.
 */
export const voteStatusShape = z.object({
  state: z.enum(['queued', 'counted', 'repeat', 'refused', 'rejected', 'unknown']),
  of: votePlaceShape.optional(),
  why: z.string().optional(),
  receipt: receiptShape.optional(),
  proof: z.lazy(() => proofShape).optional(),
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
