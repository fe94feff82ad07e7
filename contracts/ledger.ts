/** The canonical bytes of a ledger row: what a batch received for one poll, each vote with its outcome. */
import { z } from 'zod'
import { receiptShape } from './vote.ts'

/**
 * counted: in the result. repeat: the same vote lies in `of`. refused: the voter already has another vote in
 * `of`. rejected: it cannot be stored; `why` says so.
 */
export type Outcome = 'counted' | 'repeat' | 'refused' | 'rejected'

/** A vote as it stands in a row: [position in its batch, voteId, box, option]. */
const ledgerVoteShape = z.tuple([z.int().min(0), z.string(), z.string(), z.string()])

/** What became of a vote that was not counted. */
const uncountedShape = z.object({
  position: z.int().min(0),
  outcome: z.enum(['repeat', 'refused', 'rejected']),
  of: receiptShape.optional(),
  why: z.string().optional(),
})
export type Uncounted = z.infer<typeof uncountedShape>

/**
 * acceptedAt: ISO 8601, of all its votes. rehearsal: only where it is one; its votes enter no result. A vote that
 * `uncounted` does not name was counted.
 */
export const ledgerContentShape = z.object({
  pollId: z.string(),
  batchId: z.string(),
  run: z.string(),
  runSeq: z.int(),
  runAccepted: z.int(),
  acceptedAt: z.string(),
  rehearsal: z.literal(true).optional(),
  votes: z.array(ledgerVoteShape),
  uncounted: z.array(uncountedShape),
})
export type LedgerContent = z.infer<typeof ledgerContentShape>

/** The one way to write a row's bytes: UTF-8 JSON, keys in this order, no white space. */
export function canonicalBytes(content: LedgerContent): Buffer {
  const { pollId, batchId, run, runSeq, runAccepted, acceptedAt, votes } = content
  const mark = content.rehearsal === true && { rehearsal: true }
  const uncounted = content.uncounted.map(({ position, outcome, of, why }) => ({
    position,
    outcome,
    ...(of && { of: { batchId: of.batchId, position: of.position } }),
    ...(why !== undefined && { why }),
  }))
  return Buffer.from(
    JSON.stringify({ pollId, batchId, run, runSeq, runAccepted, acceptedAt, ...mark, votes, uncounted }),
  )
}

/** What became of the vote at a position of a row's batch; null where the row holds no such vote there. */
export function outcomeAt(content: LedgerContent, position: number, voteId: string): Outcome | null {
  if (!content.votes.some(([at, id]) => at === position && id === voteId)) return null
  return content.uncounted.find((vote) => vote.position === position)?.outcome ?? 'counted'
}
