/** Lays the rows of each gateway's run end to end: what it had accepted of the poll grows row by row, without a gap. */
import type { LedgerContent } from '../../contracts/ledger.ts'

/** One row: its run had accepted `upTo` votes of the poll with it, and it holds `votes` of them. */
interface Stretch {
  readonly batchId: string
  readonly upTo: number
  readonly votes: number
}

export interface RunsCheck {
  readonly row: (content: Pick<LedgerContent, 'batchId' | 'run' | 'runAccepted' | 'votes'>) => void
  /** Once there are no more rows. missing: votes that lie before the last row of their run, and in no row. */
  readonly end: () => { readonly missing: number; readonly overlaps: readonly string[] }
}

/**
 * What is missing behind the last row of a run cannot be seen: nothing after it says so. About 100 bytes a row are kept
 * until the end, since the shards take a run's batches in any order.
 */
export function checkRuns(): RunsCheck {
  const runs = new Map<string, Stretch[]>()
  return {
    row({ batchId, run, runAccepted, votes }) {
      const its = { batchId, upTo: runAccepted, votes: votes.length }
      const known = runs.get(run)
      if (known === undefined) runs.set(run, [its])
      else known.push(its)
    },
    end() {
      let missing = 0
      const overlaps: string[] = []
      for (const [run, stretches] of runs) {
        let upTo = 0
        for (const its of stretches.sort((a, b) => a.upTo - b.upTo)) {
          const before = its.upTo - its.votes
          if (before > upTo) missing += before - upTo
          else if (before < upTo)
            overlaps.push(
              `Batch ${its.batchId} holds ${its.votes} votes that brought run ${run} to ${its.upTo}; other batches hold ${upTo} of these.`,
            )
          upTo = its.upTo
        }
      }
      return { missing, overlaps }
    },
  }
}
