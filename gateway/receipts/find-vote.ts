/** Finds a vote by its place: in the ledger, or failing that in the job that waits. */
import { entriesOf, pollParts, type Batch } from '../../contracts/batch.ts'
import { fateOf, leafText, rowHeadText, type Fate, type LedgerContent } from '../../contracts/ledger.ts'
import type { PollRecord } from '../../contracts/poll.ts'
import type { Receipt, VotePlace } from '../../contracts/vote.ts'
import { treeOfTexts } from '../../runtime/flat-tree.ts'
import { leafWriter } from './leaf-writer.ts'
import { rememberReads } from './remember-reads.ts'
import { receiptOf, signTree, type SignedTree, type Signer } from './signed-tree.ts'
import type { StoredRow } from './stored-row.slonik.ts'

/** A poll's votes of one batch, with the tree that they are the leaves of. */
interface Leaves {
  readonly leaves: readonly string[]
  readonly signed: SignedTree
}

/** A row of the ledger with its tree; head: its text (contracts/ledger.ts). */
export interface ProvableRow extends Leaves {
  readonly row: Omit<StoredRow, 'content'> & { readonly content: Omit<LedgerContent, 'votes'> }
  readonly head: string
}

/** receipt: whole; its position is also the vote's place among the leaves. */
export type FoundVote =
  | {
      readonly is: 'stored'
      readonly receipt: Receipt
      readonly fate: Fate
      readonly row: ProvableRow
    }
  | { readonly is: 'queued'; readonly receipt: Receipt }

/** Null where no such vote lies there. Rejects while Postgres is away and it is not known already. */
export type FindVote = (poll: PollRecord, at: VotePlace, voteId: string) => Promise<FoundVote | null>

interface Asked {
  readonly poll: PollRecord
  readonly batchId: string
}

// A leaf and its nodes, 75 and 88 characters, and what an array and its texts take beside them.
const bytesOfVote = 220
const weigh = ({ leaves }: Leaves) => 2_000 + bytesOfVote * leaves.length
// About 145,000 votes each: a batch is asked for by many, and often.
const mostBytes = 32 * 1024 * 1024

export function makeFindVote(parts: {
  readonly signer: Signer
  readonly readRow: (at: { readonly pollNo: number; readonly batchId: string }) => Promise<StoredRow | null>
  readonly readQueued: (batchId: string) => Promise<Batch | null>
}): FindVote {
  const { signer, readRow, readQueued } = parts
  const keyOf = ({ poll, batchId }: Asked) => `${poll.pollNo} ${batchId}`

  const rowOf = rememberReads<Asked, ProvableRow>({
    ...{ keyOf, weigh, mostBytes },
    async read({ poll, batchId }) {
      const row = await readRow({ pollNo: poll.pollNo, batchId })
      if (row === null) return null
      const { votes, ...content } = row.content
      const leaves = votes.map(leafText)
      const its = signed(poll, batchId, leaves)
      return {
        ...its,
        row: { ...row, content },
        head: rowHeadText(content, leaves.length, its.signed.tree.root),
      }
    },
  })
  const queuedOf = rememberReads<Asked, Leaves>({
    ...{ keyOf, weigh, mostBytes },
    async read({ poll, batchId }) {
      const batch = await readQueued(batchId)
      return batch === null ? null : leavesOf(poll, batchId, batch)
    },
  })

  const signed = (poll: PollRecord, batchId: string, leaves: readonly string[]): Leaves => ({
    leaves,
    signed: signTree(signer, poll.pollId, batchId, treeOfTexts(leaves)),
  })

  function leavesOf(poll: PollRecord, batchId: string, batch: Batch): Leaves | null {
    const part = pollParts(batch).find(({ pollNo }) => pollNo === poll.pollNo)
    if (part === undefined) return null
    const write = leafWriter(poll)
    const leaves = entriesOf(part).map(({ voteId, boxNo, optionNo }, position) =>
      write(position, voteId, boxNo, optionNo),
    )
    return signed(poll, batchId, leaves)
  }

  /** Undefined where there is no row. */
  async function stored(
    asked: Asked,
    position: number,
    voteId: string,
  ): Promise<FoundVote | null | undefined> {
    const row = await rowOf(asked)
    if (row === null) return undefined
    const receipt = receiptAt(row, position, voteId)
    return receipt && { is: 'stored', receipt, row, fate: fateOf(row.row.content.uncounted, position) }
  }

  return async (poll, { batchId, position }, voteId) => {
    const asked = { poll, batchId }
    const looking = stored(asked, position, voteId)
    // With Postgres away a vote that waits is still found.
    const found = await looking.catch(() => undefined)
    if (found !== undefined) return found
    const queued = await queuedOf(asked)
    if (queued !== null) {
      const receipt = receiptAt(queued, position, voteId)
      return receipt && { is: 'queued', receipt }
    }
    await looking
    // Neither here nor there: a worker may have stored it between the two looks.
    return (await stored(asked, position, voteId)) ?? null
  }
}

/** Null where it is another vote that lies there, or none. */
function receiptAt({ leaves, signed }: Leaves, position: number, voteId: string): Receipt | null {
  const isIts = leaves[position]?.startsWith(`[${position},"${voteId}"`) === true
  return isIts ? receiptOf(signed, position, signed.tree.pathOf(position)) : null
}
