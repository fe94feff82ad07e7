/** Puts together the proof that a stored vote lies in the ledger, behind a signed anchor. */
import type { AnchoredShard } from '../../contracts/anchor.ts'
import type { Proof } from '../../contracts/proof.ts'
import type { Receipt } from '../../contracts/vote.ts'
import { treeOfHashes, type FlatTree } from '../../runtime/flat-tree.ts'
import { shareReads } from '../api/totals/share-reads.ts'
import type { ReadAnchors, Segment, StoredAnchor } from './anchors.slonik.ts'
import type { ProvableRow } from './find-vote.ts'
import { rememberReads } from './remember-reads.ts'

/** `receipt`: says at which of the row's leaves the vote is. Rejects while Postgres is away. */
export type ProveVote = (
  pollNo: number,
  its: { readonly row: ProvableRow; readonly receipt: Pick<Receipt, 'position'> },
) => Promise<Proof>

// Anchors come once a minute.
const newestEveryMs = 1_000
const mostPolls = 1_000
// An anchor of 16 shards is 4 kB of text and as much again when it was read.
const mostBytesOfAnchors = 16 * 1024 * 1024
// A minute of the busiest shard is some thousand rows of 88 bytes: this holds the trees of 300,000 rows.
const mostBytesOfTrees = 32 * 1024 * 1024

type Covered = AnchoredShard & { readonly from: number }

/** However many ask after a final, each row, anchor and stretch of a chain is read once while it is remembered. */
export function makeProveVote(read: ReadAnchors, now: () => number): ProveVote {
  const newest = shareReads<number, number>({
    ...{ keyOf: String, read: read.newest, everyMs: newestEveryMs, most: mostPolls, now },
    // Who asked is told.
    onFault: () => undefined,
  })
  const anchorOf = rememberReads<{ pollNo: number; anchorNo: number }, StoredAnchor>({
    keyOf: ({ pollNo, anchorNo }) => `${pollNo} ${anchorNo}`,
    read: ({ pollNo, anchorNo }) => read.anchor(pollNo, anchorNo),
    weigh: ({ signed }) => 3 * signed.content.length,
    mostBytes: mostBytesOfAnchors,
  })
  const treeOf = rememberReads<Segment, FlatTree>({
    keyOf: ({ pollNo, shard, from, to }) => `${pollNo} ${shard} ${from} ${to}`,
    async read(segment) {
      const hashes = await read.hashes(segment)
      const rows = segment.to - segment.from + 1
      if (hashes.length !== 32 * rows)
        throw new Error(`the ledger has ${hashes.length / 32} of ${rows} rows behind an anchor`)
      return treeOfHashes(hashes)
    },
    weigh: ({ size }) => 100 * size + 500,
    mostBytes: mostBytesOfTrees,
  })

  async function existing(pollNo: number, anchorNo: number): Promise<StoredAnchor> {
    const anchor = await anchorOf({ pollNo, anchorNo })
    if (anchor === null) throw new Error(`anchor ${anchorNo} of poll ${pollNo} is missing`)
    return anchor
  }

  /** The first anchor that the row stands behind: their numbers have no gaps, and what one covers all later ones do. */
  async function firstBehind(pollNo: number, shard: number, seq: number): Promise<StoredAnchor | null> {
    const covers = async (anchorNo: number) => {
      const its = shardOf(await existing(pollNo, anchorNo), shard)
      return its !== undefined && its.seq >= seq
    }
    let last = await newest(pollNo)
    if (last === 0 || !(await covers(last))) return null
    let first = 1
    while (first < last) {
      const middle = (first + last) >> 1
      if (await covers(middle)) last = middle
      else first = middle + 1
    }
    return existing(pollNo, last)
  }

  async function anchorFor(pollNo: number, shard: number, seq: number): Promise<Proof['anchor']> {
    const anchor = await firstBehind(pollNo, shard, seq)
    if (anchor === null) return null
    const its = shardOf(anchor, shard)
    if (!grewTo(its, seq)) throw new Error(`poll ${pollNo} has no anchor of row ${seq} in shard ${shard}`)
    const tree = await treeOf({ pollNo, shard, from: its.from, to: its.seq })
    if (tree === null) return null
    return { ...anchor.signed, path: tree.pathOf(seq - its.from) }
  }

  return async (pollNo, { row: { row, leaves, signed, head }, receipt: { position } }) => {
    const { shard, seq, before } = row
    return {
      ...{ vote: leaves[position] ?? '', path: signed.tree.pathOf(position) },
      ...{ head, before: before.toString('hex'), shard, seq },
      anchor: await anchorFor(pollNo, shard, seq),
    }
  }
}

const shardOf = ({ shards }: StoredAnchor, shard: number): AnchoredShard | undefined =>
  shards.find((its) => its.shard === shard)

const grewTo = (its: AnchoredShard | undefined, seq: number): its is Covered =>
  its?.from !== undefined && its.from <= seq && seq <= its.seq
