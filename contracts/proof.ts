/** The proof that one vote lies in the ledger, covered by a signed anchor: what it holds, and how anyone checks it. */
import { z } from 'zod'
import { signedAnchorShape } from './anchor.ts'

/**
 * vote: the leaf's text (ledger.ts). path: from it to the head's root. head: the text of its row's head. before: hash of
 * the row before, hex. anchor: the signed anchor that covers the row, and the path from the row's hash to the
 * root that it names for this shard; null until the next one is made.
 */
export const proofShape = z.object({
  vote: z.string(),
  path: z.string(),
  head: z.string(),
  before: z.string(),
  shard: z.int(),
  seq: z.int(),
  anchor: signedAnchorShape.extend({ path: z.string() }).nullable(),
})
export type Proof = z.infer<typeof proofShape>
