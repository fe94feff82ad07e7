/** Keeps the trees of the newest batches, so that a vote that is repeated hears its whole receipt again. */
import type { Receipt, VotePlace } from '../../contracts/vote.ts'
import { receiptOf, type SignedTree } from './signed-tree.ts'

// Who lost an answer asks again within seconds.
const keepForMs = 30_000
// A process that takes 12,000 votes a second makes 32 MB of trees in 30 s.
const mostBytes = 32 * 1024 * 1024
// Two nodes of 44 characters for each vote; and what comes once.
const bytesOf = ({ tree }: SignedTree): number => 88 * tree.size + 600

export interface KeptTrees {
  /** Those of one batch. */
  readonly keep: (trees: readonly SignedTree[]) => void
  /** Null where no tree is kept that holds this place. */
  readonly receiptAt: (pollId: string, at: VotePlace) => Receipt | null
}

/** What is too old or too much goes with the next batch, the oldest first. `now` in ms. */
export function makeKeptTrees(now: () => number, most = mostBytes): KeptTrees {
  const kept = new Map<
    string,
    { readonly at: number; readonly trees: readonly SignedTree[]; readonly bytes: number }
  >()
  let bytes = 0

  function forget(): void {
    const before = now() - keepForMs
    for (const [batchId, its] of kept) {
      if (bytes <= most && its.at > before) return
      kept.delete(batchId)
      bytes -= its.bytes
    }
  }

  return {
    keep(trees) {
      const [first] = trees
      if (first === undefined) return
      const its = { at: now(), trees, bytes: trees.reduce((sum, tree) => sum + bytesOf(tree), 0) }
      kept.set(first.batchId, its)
      bytes += its.bytes
      forget()
    },
    receiptAt(pollId, { batchId, position }) {
      const its = kept.get(batchId)?.trees.find((tree) => tree.pollId === pollId)
      if (its === undefined || position >= its.tree.size) return null
      return receiptOf(its, position, its.tree.pathOf(position))
    },
  }
}
