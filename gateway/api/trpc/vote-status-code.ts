/** The HTTP status of a vote's answer: a refused vote is a value, but any HTTP client can tell. */
import { voteRefusals } from '../../../contracts/refusals.ts'
import type { VoteAnswer } from '../../../contracts/vote.ts'

/** retryAfterS: for the header `retry-after`, null where there is none to give. */
export function statusOf(answer: VoteAnswer): {
  readonly status: number
  readonly retryAfterS: number | null
} {
  if (answer.accepted) return { status: 200, retryAfterS: null }
  const { status } = voteRefusals[answer.reason]
  return { status, retryAfterS: retryAfterS(status, answer.retryAt) }
}

/** A server that is busy always asks to come back; a limit does where it has a window, to the second of its retryAt. */
function retryAfterS(status: number, retryAt: string | undefined): number | null {
  if (status === 503) return secondsUntil(retryAt)
  return status === 429 && retryAt !== undefined ? secondsUntil(retryAt) : null
}

/** At least 1: an answer that says "at once" calls the crowd back into the same second. */
function secondsUntil(retryAt: string | undefined): number {
  const waitMs = retryAt === undefined ? 0 : Date.parse(retryAt) - Date.now()
  return Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1000)) : 1
}
