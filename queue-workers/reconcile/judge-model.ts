/** Judges what the read model says of a poll: behind is on its way, for a while. */
import { batchesText, offText, votesText, type FoundDrift } from './found-drift.ts'

// It hears from Kafka, which publishers feed four times a second.
const behindForMs = 5_000

export interface ModelCounts {
  readonly batches: number
  readonly total: number
}

/** `model` was read before `ledger` (all its rows, and those that Kafka has). `now`: ms of a clock that only goes forward. */
export function makeJudgeModel(): (
  pollId: string,
  model: ModelCounts,
  ledger: { readonly batches: number; readonly counted: number; readonly emitted: number },
  now: number,
) => FoundDrift | null {
  const awaited = new Map<string, { readonly since: number; readonly batches: number }>()

  return (pollId, model, ledger, now) => {
    const off = model.total - ledger.counted
    if (model.batches > ledger.batches || (model.batches === ledger.batches && off !== 0)) {
      awaited.delete(pollId)
      const says = `The read model has ${off === 0 ? `${batchesText(model.batches - ledger.batches)} too many` : offText(off)}.`
      return { what: 'readModel', says, votes: off, heals: false }
    }
    const its = awaited.get(pollId)
    if (its === undefined || model.batches >= its.batches) {
      if (model.batches >= ledger.emitted) awaited.delete(pollId)
      else awaited.set(pollId, { since: now, batches: ledger.emitted })
      return null
    }
    if (now - its.since <= behindForMs) return null
    const says = `The read model is ${votesText(off)} behind what is stored.`
    return { what: 'readModel', says, votes: off, heals: true }
  }
}
