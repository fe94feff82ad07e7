/** Asks the read model for a poll's tally, and for what of it was stored up to a moment. */
import { modelTallyShape } from '../../contracts/read-model.ts'
import type { ModelCounts } from './judge-model.ts'

const answerWithinMs = 1_000

/** `upTo`: epoch ms. Throws while it is away. A poll that it has not heard of has no votes there. */
export function makeAskModel(
  url: string,
  adminToken: string,
): (pollId: string, upTo: number) => Promise<ModelCounts> {
  const headers = { authorization: `Bearer ${adminToken}` }
  return async (pollId, upTo) => {
    const signal = AbortSignal.timeout(answerWithinMs)
    const address = new URL(`/tallies/${pollId}`, url)
    address.searchParams.set('storedUpTo', new Date(upTo).toISOString())
    const answer = await fetch(address, { headers, signal })
    if (answer.status === 404)
      return { batches: 0, total: 0, upTo: { batches: 0, total: 0, offsets: new Map() } }
    if (answer.status !== 200) throw new Error(`the read model answers ${answer.status}`)
    const tally = modelTallyShape.parse(await answer.json())
    if (tally.upTo === undefined) throw new Error('the read model does not tell us how far it has read')
    const { batches, total, offsets } = tally.upTo
    const read = Object.entries(offsets).map(([partition, next]) => [Number(partition), next] as const)
    return { batches: tally.batches, total: tally.total, upTo: { batches, total, offsets: new Map(read) } }
  }
}
