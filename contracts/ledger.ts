/** The canonical bytes of a ledger row: what a batch received for one poll, each vote with its outcome. */
import { z } from 'zod'
import { votePlaceShape } from './vote.ts'

/**
 * counted: in the result. repeat: the same vote lies in `of`. refused: the voter already has another vote in
 * `of`. rejected: it cannot be stored; `why` says so.
 */
export type Outcome = 'counted' | 'repeat' | 'refused' | 'rejected'

/** A vote as it stands in a row: [position among its poll's votes in the batch, voteId, box, option]. */
const ledgerVoteShape = z.tuple([z.int().min(0), z.string(), z.string(), z.string()])

/** What became of a vote that was not counted. */
const uncountedShape = z.object({
  position: z.int().min(0),
  outcome: z.enum(['repeat', 'refused', 'rejected']),
  of: votePlaceShape.optional(),
  why: z.string().optional(),
})
export type Uncounted = z.infer<typeof uncountedShape>

/**
 * run: one life of a gateway. runAccepted: what it had accepted of this poll, this batch included: less the votes of this
 * row it is what it had accepted before, so that a row that is missing shows. acceptedAt: ISO 8601, of all its votes.
 * rehearsal: only where it is one; its votes enter no result. A vote that `uncounted` does not name was counted. Nothing
 * in it is reckoned over more than its poll: whoever may see one poll learns nothing of another that is hidden.
 */
export const ledgerContentShape = z.object({
  pollId: z.string(),
  batchId: z.string(),
  run: z.string(),
  runAccepted: z.int(),
  acceptedAt: z.string(),
  rehearsal: z.literal(true).optional(),
  votes: z.array(ledgerVoteShape),
  uncounted: z.array(uncountedShape),
})
export type LedgerContent = z.infer<typeof ledgerContentShape>

/** The one way to write a row's bytes: UTF-8 JSON, keys in this order, no white space. */
export const canonicalBytes = (content: LedgerContent): Buffer => Buffer.from(canonicalText(content))

function canonicalText(content: LedgerContent): string {
  const { pollId, batchId, run, runAccepted, acceptedAt, votes } = content
  const mark = content.rehearsal === true && { rehearsal: true }
  const uncounted = content.uncounted.map(({ position, outcome, of, why }) => ({
    position,
    outcome,
    ...(of && { of: { batchId: of.batchId, position: of.position } }),
    ...(why !== undefined && { why }),
  }))
  return JSON.stringify({ pollId, batchId, run, runAccepted, acceptedAt, ...mark, votes, uncounted })
}

/** What became of one vote, and why. */
export type Fate = { readonly outcome: 'counted' } | Omit<Uncounted, 'position'>

/** What became of the vote at a position that a row holds. */
export function fateOf(uncounted: readonly Uncounted[], position: number): Fate {
  const its = uncounted.find((vote) => vote.position === position)
  if (its === undefined) return { outcome: 'counted' }
  const { position: _, ...fate } = its
  return fate
}

/** A vote as a leaf of its row's tree (merkle.ts): its text in the row, to the byte. */
export const leafText = ([position, voteId, box, option]: LedgerContent['votes'][number]): string =>
  JSON.stringify([position, voteId, box, option])

/**
 * What a row's hash is made of, beside the hash before it: the row with one root in place of its votes, so that one vote
 * can be shown to lie in it without showing the others. votes: how many. root: of the tree of its votes, base64url.
 */
export const rowHeadShape = ledgerContentShape.extend({
  votes: z.int().positive(),
  root: z.string().length(43),
})
export type RowHead = z.infer<typeof rowHeadShape>

/**
 * The one way to write a head: UTF-8 JSON, keys in this order, no white space. The row's hash is
 * SHA-256(hash of the row before in this (poll, shard) || head); 32 zero bytes stand before the first.
 */
export function rowHeadText(content: Omit<LedgerContent, 'votes'>, votes: number, root: string): string {
  const shell = canonicalText({ ...content, votes: [] })
  // No name can hold this: its quotes would stand behind a backslash.
  return shell.replace('"votes":[]', `"votes":${votes},"root":"${root}"`)
}
