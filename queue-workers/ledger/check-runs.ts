/** Lays the rows of each gateway's run end to end: what it had accepted of the poll grows row by row, without a gap. */
import type { LedgerContent } from '../../contracts/ledger.ts'

export interface RunsCheck {
  readonly row: (content: Pick<LedgerContent, 'batchId' | 'run' | 'runAccepted' | 'votes'>) => void
  /** Once there are no more rows. missing: votes that lie before the last row of their run, and in no row. */
  readonly end: () => { readonly missing: number; readonly overlaps: readonly string[] }
}

/** The stretches of one run that are not joined yet, each by its begin and by its end: votes `begin` + 1 to `end`. */
interface Stretches {
  readonly endOf: Map<number, number>
  readonly beginOf: Map<number, number>
}

// More of them say nothing more.
const mostTold = 20

/**
 * What is missing behind the last row of a run cannot be seen: nothing after it says so. Rows that touch are joined at
 * once, so what is kept is as much as is missing between them, however many rows there are.
 */
export function checkRuns(): RunsCheck {
  const runs = new Map<string, Stretches>()
  const overlaps: string[] = []
  const tell = (sentence: string) => {
    if (overlaps.length < mostTold) overlaps.push(sentence)
  }
  return {
    row({ batchId, run, runAccepted, votes }) {
      let its = runs.get(run)
      if (its === undefined) runs.set(run, (its = { endOf: new Map(), beginOf: new Map() }))
      const { endOf, beginOf } = its
      let [begin, end] = [runAccepted - votes.length, runAccepted]
      if (begin < 0 || endOf.has(begin) || beginOf.has(end)) {
        tell(`Batch ${batchId} claims votes ${begin + 1} to ${end} of run ${run}, which other batches hold.`)
        return
      }
      const before = beginOf.get(begin)
      if (before !== undefined) {
        beginOf.delete(begin)
        begin = before
      }
      const behind = endOf.get(end)
      if (behind !== undefined) {
        endOf.delete(end)
        end = behind
      }
      endOf.set(begin, end)
      beginOf.set(end, begin)
    },
    end() {
      let missing = 0
      for (const [run, { endOf }] of runs) {
        let upTo = 0
        for (const [begin, end] of [...endOf].sort(([a], [b]) => a - b)) {
          if (begin > upTo) missing += begin - upTo
          else if (begin < upTo) tell(`Two batches hold vote ${begin + 1} of run ${run}.`)
          upTo = Math.max(upTo, end)
        }
      }
      return { missing, overlaps }
    },
  }
}
