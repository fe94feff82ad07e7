/** Judges what was read back from Kafka of one poll against the rows that are marked as emitted. */
import type { MarkedRow } from './emitted-rows.slonik.ts'
import { batchesText, offText, votesText, type FoundDrift } from './found-drift.ts'
import type { Ends, EventReader } from './read-events.kafka.ts'
import type { ReadEvents, SeenEvents } from './seen-events.ts'

export interface EventsToJudge {
  readonly poll: { readonly pollNo: number; readonly pollId: string }
  /** Rows marked as emitted and stored before `oldBefore` (epoch ms), as read after `read`. */
  readonly emitted: { readonly batches: number; readonly counted: number }
  /** Rows not marked, stored before that too: their events may be there all the same. */
  readonly unemitted: readonly MarkedRow[]
  readonly read: ReadEvents
  /** How many events had been read when `read` was taken. */
  readonly among: number
  readonly oldBefore: number
}

/**
 * Of what is marked as emitted every event must be there. Numbers are compared first; where some are short, the batches
 * are looked up one by one. Whether one is missing, or only not read yet, is certain once the reader has come to where
 * the topic ended after the mark was seen: then the mark is taken back, and the publisher sends it again.
 */
export function makeJudgeEvents(parts: {
  readonly seen: Pick<SeenEvents, 'has'>
  readonly reader: Pick<EventReader, 'ends' | 'isAt'>
  readonly emittedRows: (pollNo: number, oldBefore: number) => Promise<readonly MarkedRow[]>
  readonly takeBackMarks: (rows: readonly MarkedRow[]) => Promise<void>
}): (its: EventsToJudge) => Promise<FoundDrift | null> {
  const { seen, reader } = parts
  const suspected = new Map<string, { readonly rows: readonly MarkedRow[]; readonly ends: Ends }>()

  return async ({ poll: { pollNo, pollId }, emitted, unemitted, read, among, oldBefore }) => {
    const unmarked = unemitted.filter(({ batchId }) => seen.has(pollId, batchId, among))
    const missing = emitted.batches - (read.oldBatches - unmarked.length)
    const lacks = ({ batchId }: MarkedRow) => !seen.has(pollId, batchId)
    if (missing <= 0) {
      suspected.delete(pollId)
      const off = read.oldVotes - sumOf(unmarked) - emitted.counted
      if (missing === 0 && off === 0) return null
      const says =
        missing === 0
          ? `The events on Kafka tell of ${offText(off)}.`
          : `Kafka has ${batchesText(missing)} with ${votesText(off)} that the ledger lacks.`
      return { what: 'events', says, votes: off, heals: false }
    }
    const suspects = suspected.get(pollId)
    if (suspects === undefined) {
      const rows = (await parts.emittedRows(pollNo, oldBefore)).filter(lacks)
      if (rows.length > 0) suspected.set(pollId, { rows, ends: await reader.ends() })
      return null
    }
    if (!reader.isAt(suspects.ends)) return null
    suspected.delete(pollId)
    const gone = suspects.rows.filter(lacks)
    if (gone.length === 0) return null
    await parts.takeBackMarks(gone)
    const votes = sumOf(gone)
    const says = `${batchesText(gone.length)} with ${votesText(votes)} ${gone.length === 1 ? 'is' : 'are'} marked as sent to Kafka, which has no such event.`
    return { what: 'events', says, votes: -votes, heals: true }
  }
}

const sumOf = (rows: readonly MarkedRow[]) => rows.reduce((sum, { counted }) => sum + counted, 0)
