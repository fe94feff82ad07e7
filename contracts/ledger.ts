/** The canonical bytes of a ledger row: what a batch received for one poll, each vote with its outcome. */
import { z } from 'zod'
import { receiptShape } from './vote.ts'

/**
 * counted: in the result. repeat: the same vote lies in `of`. refused: the voter already has another vote in
 * `of`. rejected: it cannot be stored; `why` says so.
 */
const ledgerVoteShape = z.object({
  position: z.int().min(0),
  voteId: z.string(),
  box: z.string(),
  option: z.string(),
  acceptedAt: z.string(),
  outcome: z.enum(['counted', 'repeat', 'refused', 'rejected']),
  of: receiptShape.optional(),
  why: z.string().optional(),
})
export type LedgerVote = z.infer<typeof ledgerVoteShape>
export type Outcome = LedgerVote['outcome']

export const ledgerContentShape = z.object({
  pollId: z.string(),
  batchId: z.string(),
  run: z.string(),
  runSeq: z.int(),
  runAccepted: z.int(),
  votes: z.array(ledgerVoteShape),
})
export type LedgerContent = z.infer<typeof ledgerContentShape>

/** The one way to write a row's bytes: UTF-8 JSON, keys in this order, no white space. */
export function canonicalBytes(content: LedgerContent): Buffer {
  const { pollId, batchId, run, runSeq, runAccepted } = content
  const votes = content.votes.map(({ position, voteId, box, option, acceptedAt, outcome, of, why }) => ({
    position,
    voteId,
    box,
    option,
    acceptedAt,
    outcome,
    ...(of && { of: { batchId: of.batchId, position: of.position } }),
    ...(why !== undefined && { why }),
  }))
  return Buffer.from(JSON.stringify({ pollId, batchId, run, runSeq, runAccepted, votes }))
}
