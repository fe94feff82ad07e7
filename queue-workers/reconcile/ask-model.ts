/** Asks the read model for a poll's tally. */
import { modelTallyShape } from '../../contracts/read-model.ts'
import type { ModelCounts } from './judge-model.ts'

const answerWithinMs = 1_000

/** Throws while it is away. A poll that it has not heard of has no votes there. */
export function makeAskModel(
  url: string,
  adminToken: string | null,
): (pollId: string) => Promise<ModelCounts> {
  const headers = adminToken === null ? {} : { authorization: `Bearer ${adminToken}` }
  return async (pollId) => {
    const signal = AbortSignal.timeout(answerWithinMs)
    const answer = await fetch(new URL(`/tallies/${pollId}`, url), { headers, signal })
    if (answer.status === 404) return { batches: 0, total: 0 }
    if (answer.status !== 200) throw new Error(`the read model answers ${answer.status}`)
    const { batches, total } = modelTallyShape.parse(await answer.json())
    return { batches, total }
  }
}
