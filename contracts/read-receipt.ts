/** Reads a vote with its receipt out of whatever text it was kept as. */
import { z } from 'zod'
import { fromBase64url } from './bytes.ts'
import type { OwnVote } from './check-proof.ts'
import { boxIdShape, optionIdShape, pollIdShape, voteIdShape } from './ids.ts'
import { parsed } from './parsed.ts'
import { receiptShape } from './vote.ts'

const ownVoteShape = z.object({
  pollId: pollIdShape,
  voteId: voteIdShape,
  box: boxIdShape,
  optionId: optionIdShape,
  receipt: receiptShape,
})

/** Out of a text, a whole link, or the content of a saved file; null where it is none of these. */
export function readReceiptText(given: string): OwnVote | null {
  const text = given.trim()
  // A vote's texts are short and a proof's are not: 100 kB is more than any file that we write.
  if (text === '' || text.length > 100_000) return null
  const json = text.startsWith('{') ? text : decoded(text.slice(text.lastIndexOf('#') + 1))
  const read = ownVoteShape.safeParse(json === null ? null : parsed(json))
  return read.success ? read.data : null
}

function decoded(text: string): string | null {
  // A mail program may have broken the line.
  const whole = text.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9_-]+$/.test(whole)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(whole))
  } catch {
    return null
  }
}
