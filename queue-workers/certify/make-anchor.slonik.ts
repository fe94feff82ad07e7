/** Makes a poll's next anchor: checks what its chains have grown by, and signs where they end now. */
import { hash } from 'node:crypto'
import type { CommonQueryMethods } from 'slonik'
import {
  anchorBytes,
  anchorContentShape,
  anchorStatement,
  type AnchorContent,
  type AnchoredShard,
  type Certified,
} from '../../contracts/anchor.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { rootOfHashes } from '../../runtime/flat-tree.ts'
import { makeCheckSignature } from '../../runtime/signing-key.ts'
import { firstHash } from '../ledger/chain-hash.ts'
import { insertAnchor, lastAnchor, shardEnds, type PollNames, type ShardEnd } from './anchor-rows.slonik.ts'
import { followChain, LedgerFault } from './follow-chain.ts'
import { ledgerRows } from './ledger-pages.slonik.ts'

// 2 million votes in full groups: about 5 s of reckoning, which one transaction may last. A proof's path then has 12 steps.
const rowsPerAnchor = 4_096

export interface Signer {
  readonly keyId: string
  readonly sign: (text: string) => Buffer
}

/** The anchor that was made last, as it is to be gone on from. */
export interface Anchored {
  readonly anchorNo: number
  /** SHA-256 of its content. */
  readonly hash: string
  readonly shards: ReadonlyMap<number, AnchoredShard>
  readonly isCertified: boolean
}

const before: Anchored = {
  anchorNo: 0,
  hash: firstHash.toString('hex'),
  shards: new Map(),
  isCertified: false,
}

/** Throws LedgerFault where the last anchor is not what was signed. */
export async function readAnchored(db: CommonQueryMethods, pollNo: number): Promise<Anchored> {
  const last = await lastAnchor(db, pollNo)
  if (last === null) return before
  const { anchorNo, content, signature, publicKey } = last
  if (!makeCheckSignature(publicKey)(anchorStatement(content), signature))
    throw new LedgerFault(`Anchor ${anchorNo} is not the one that was signed.`)
  const { shards, certified } = anchorContentShape.parse(JSON.parse(content))
  return {
    anchorNo,
    hash: hash('sha256', content, 'hex'),
    shards: new Map(shards.map((its) => [its.shard, its])),
    isCertified: certified !== undefined,
  }
}

/**
 * Inside a transaction. Answers whether there is more to anchor than one anchor takes; null where nothing has grown, and
 * nothing is `certified`. Throws LedgerFault where the ledger does not add up: nothing is signed then.
 */
export async function makeAnchor(
  tx: CommonQueryMethods,
  { pollNo, pollId }: PollNames,
  signer: Signer,
  certified?: Certified,
): Promise<{ readonly anchorNo: number; readonly more: boolean } | null> {
  const last = await readAnchored(tx, pollNo)
  const ends = await shardEnds(tx, pollNo)
  for (const { shard, seq } of last.shards.values()) {
    const end = ends.find((its) => its.shard === shard)
    if (end === undefined || end.seq < seq)
      throw new LedgerFault(`Shard ${shard} ends at row ${end?.seq ?? 0}; row ${seq} of it is anchored.`)
  }
  let room = rowsPerAnchor
  const shards: AnchoredShard[] = []
  for (const end of ends) {
    const grown = await anchorShard(tx, { pollNo, pollId }, end, last.shards.get(end.shard), room)
    if (grown === null) continue
    room -= grown.from === undefined ? 0 : grown.seq - grown.from + 1
    shards.push(grown)
  }
  const hasGrown = room < rowsPerAnchor
  if (hasGrown && last.isCertified)
    throw new LedgerFault('The ledger has grown since the result was certified.')
  if (!hasGrown && certified === undefined) return null
  const more = ends.some(({ shard, seq }) => shards.find((its) => its.shard === shard)?.seq !== seq)
  if (more && certified !== undefined) throw new Error('what is certified is anchored to its end')

  const madeAtMs = Date.now()
  const anchorNo = last.anchorNo + 1
  const anchor: AnchorContent = {
    ...{ pollId, anchorNo, madeAt: new Date(madeAtMs).toISOString(), before: last.hash, shards },
    ...(certified && { certified }),
  }
  const content = anchorBytes(anchor)
  const signature = signer.sign(anchorStatement(content))
  crashPoint('certify.signed')
  await insertAnchor(tx, { pollNo, anchorNo, madeAtMs, content, signature, keyId: signer.keyId })
  return { anchorNo, more }
}

/** Where the anchor finds this shard; null where it has no row yet that there is room for. */
async function anchorShard(
  tx: CommonQueryMethods,
  { pollNo, pollId }: PollNames,
  end: ShardEnd,
  known: AnchoredShard | undefined,
  room: number,
): Promise<AnchoredShard | null> {
  const start = {
    seq: known?.seq ?? 0,
    hash: known === undefined ? firstHash : Buffer.from(known.hash, 'hex'),
  }
  const { shard } = end
  const last = Math.min(end.seq, start.seq + room)
  const leaves: Buffer[] = []
  const rows = ledgerRows(tx, pollNo, shard, start.seq, last)
  const to = await followChain({ pollId, shard }, rows, start, last, (row) => void leaves.push(row.hash))
  if (to.seq === end.seq && !to.hash.equals(end.hash))
    throw new LedgerFault(`The counters of shard ${shard} name another last row than the ledger has.`)
  const head = { shard, seq: to.seq, hash: to.hash.toString('hex') }
  if (leaves.length === 0) return known === undefined ? null : head
  return { ...head, from: start.seq + 1, root: rootOfHashes(leaves).toString('hex') }
}
