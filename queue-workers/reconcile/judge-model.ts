/** Judges what the read model says of a poll: behind is on its way, for a while; what it has read past it lacks for good. */
import { batchesText, offText, votesText, type FoundDrift } from './found-drift.ts'
import type { Ends } from './read-events.kafka.ts'

// It hears from Kafka, which publishers feed four times a second; what is asked for is some seconds old already.
const behindForMs = 3_000

export interface ModelCounts {
  readonly batches: number
  readonly total: number
  /** Of the rows stored up to the moment that was asked for; and how far it has read each partition. */
  readonly upTo: { readonly batches: number; readonly total: number; readonly offsets: Ends }
}

/** What the ledger has of a poll, read after the model. marked: emitted and stored up to `upTo`; unmarked: not emitted. */
export interface LedgerCounts {
  readonly batches: number
  readonly counted: number
  readonly upTo: number
  readonly marked: { readonly batches: number; readonly counted: number }
  readonly unmarked: number
}

/** Rows that Kafka has and the model lacked: stored up to a moment, and where the topic ended after they were marked. */
interface Suspicion {
  readonly upTo: number
  readonly batches: number
  readonly counted: number
  readonly unmarked: number
  readonly since: number
  ends: Ends | null
  /** What was certain already. */
  readonly drift: FoundDrift | null
}

export interface JudgeModel {
  /** Up to when the model is to be asked of a poll, epoch ms; null: up to where the ledger will be. */
  readonly upTo: (pollId: string) => number | null
  /** `now`: ms of a clock that only goes forward. */
  readonly judge: (
    pollId: string,
    model: ModelCounts,
    ledger: LedgerCounts,
    now: number,
  ) => Promise<FoundDrift | null>
}

/**
 * Both are held to rows of the same time, some seconds old, so that it makes no difference how fast votes come in. Where
 * the model lacks some, it is asked for those same rows until it has them, or has come to where the topic ended after
 * they were marked: then it has read past them.
 */
export function makeJudgeModel(topicEnds: () => Promise<Ends>): JudgeModel {
  const suspected = new Map<string, Suspicion>()
  const endsNow = () => topicEnds().catch(() => null)

  async function suspect(pollId: string, ledger: LedgerCounts, now: number, drift: FoundDrift | null) {
    const { upTo, marked, unmarked } = ledger
    suspected.set(pollId, { ...{ upTo, ...marked, unmarked, drift }, since: now, ends: await endsNow() })
    return drift
  }

  return {
    upTo: (pollId) => suspected.get(pollId)?.upTo ?? null,
    async judge(pollId, model, ledger, now) {
      const off = model.total - ledger.counted
      if (model.batches > ledger.batches || (model.batches === ledger.batches && off !== 0)) {
        suspected.delete(pollId)
        return named(model.batches - ledger.batches, off)
      }
      const suspicion = suspected.get(pollId)
      const asked = suspicion ?? { ...ledger.marked, unmarked: ledger.unmarked }
      const lacking = asked.batches - model.upTo.batches
      if (lacking <= 0) {
        suspected.delete(pollId)
        const votes = model.upTo.total - asked.counted
        // Of rows that are not marked some may be there all the same.
        return asked.unmarked > 0 || (lacking === 0 && votes === 0) || (suspicion && lacking < 0)
          ? null
          : named(-lacking, votes)
      }
      if (suspicion === undefined) return suspect(pollId, ledger, now, null)
      suspicion.ends ??= await endsNow()
      const votes = suspicion.counted - model.upTo.total
      if (isPast(model.upTo.offsets, suspicion.ends)) {
        const says = `The read model has read past ${batchesText(lacking)} with ${votesText(votes)} that it lacks.`
        const drift = { what: 'readModel', says, votes: -votes, heals: false } as const
        return suspect(pollId, ledger, now, drift)
      }
      if (suspicion.drift !== null || now - suspicion.since <= behindForMs) return suspicion.drift
      const says = `The read model is ${votesText(off)} behind what is stored.`
      return { what: 'readModel', says, votes: off, heals: true }
    },
  }
}

function named(batches: number, votes: number): FoundDrift {
  const says = `The read model has ${votes === 0 ? `${batchesText(batches)} too many` : offText(votes)}.`
  return { what: 'readModel', says, votes, heals: false }
}

const isPast = (offsets: Ends, ends: Ends | null) =>
  ends !== null && [...ends].every(([partition, end]) => (offsets.get(partition) ?? 0) >= end)
