/** What every gateway tells of an accepted vote: the place of it; path and signature come from the one that signed it. */
import type { Receipt, VoteAnswer, VotePlace } from '../contracts/vote.ts'

export const placeOf = ({ batchId, position }: Receipt): VotePlace => ({ batchId, position })

/** An answer as any gateway gives it at any time. */
export function bare(answer: VoteAnswer): VoteAnswer {
  return answer.accepted ? { ...answer, receipt: placeOf(answer.receipt) } : answer
}
