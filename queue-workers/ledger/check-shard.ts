/** Checks the chain of one shard of an export, row by row, against what the anchors say of it. */
import type { AnchorContent } from '../../contracts/anchor.ts'
import type { LedgerHead } from '../../contracts/export-files.ts'
import type { LedgerContent } from '../../contracts/ledger.ts'
import { rootOfHashes } from '../../runtime/flat-tree.ts'
import { firstHash } from './chain-hash.ts'
import type { Faults } from './faults.ts'
import { hashOfRow } from './read-row.ts'

/**
 * What one anchor says of the shard: its rows `from` to `seq` and their tree's root. root: null where the anchors before
 * are not there; then the hash of the row `seq` alone speaks for all rows up to it.
 */
interface Segment {
  readonly anchorNo: number
  readonly from: number
  readonly seq: number
  readonly hash: string
  readonly root: string | null
}

export interface ShardCheck {
  /** `content`: null where the row could not be read. */
  readonly row: (head: LedgerHead, content: LedgerContent | null, batchId: string) => void
  /** Once there are no more rows. */
  readonly end: () => void
  readonly seq: () => number
  readonly hash: () => string
  /** Whether an anchor covers the row of this number. */
  readonly isAnchored: (seq: number) => boolean
}

const rows = (from: number, to: number) => (from === to ? `row ${from}` : `rows ${from} to ${to}`)

export function checkShard(shard: number, anchors: readonly AnchorContent[], faults: Faults): ShardCheck {
  const segments = anchors.flatMap(({ anchorNo, shards }, place): Segment[] => {
    const its = shards.find((one) => one.shard === shard)
    if (its !== undefined && place === 0 && anchorNo > 1)
      return [{ anchorNo, from: 1, seq: its.seq, hash: its.hash, root: null }]
    if (its?.from === undefined || its.root === undefined) return []
    return [{ anchorNo, from: its.from, seq: its.seq, hash: its.hash, root: its.root }]
  })
  const lastSeq = segments.at(-1)?.seq ?? 0
  let seq = 0
  let hash: Buffer = firstHash
  /** What the last row's votes make, where another hash stands beside it. */
  let made: Buffer | null = null
  let next = 0
  let leaves: Buffer[] = []
  let batches: string[] = []
  let isCut = false

  function closeSegment({ anchorNo, from, seq: to, hash: head, root }: Segment): void {
    const found = leaves.length === 0 ? '' : rootOfHashes(leaves).toString('hex')
    const isRight = head === hash.toString('hex') && (root === null || root === found)
    // Once a chain has left the one that was signed, nothing after it can be what was signed.
    if (!isRight && !isCut) {
      isCut = true
      const which =
        batches.length > 1 ? `one of the batches ${batches[0]} to ${batches.at(-1)}` : `batch ${batches[0]}`
      faults.add(
        `Shard ${shard}, ${rows(from, to)}: not what anchor ${anchorNo} signed; ${which} was changed, added or taken out.`,
      )
    }
    leaves = []
    batches = []
    next++
  }

  /** Where not the votes of the row before were changed but the hash beside them, this one follows what they make. */
  function follows(content: LedgerContent, claimed: Buffer): boolean {
    if (hashOfRow(hash, content).equals(claimed)) return true
    if (made === null || !hashOfRow(made, content).equals(claimed)) return false
    if (leaves.length > 0) leaves[leaves.length - 1] = made
    return true
  }

  return {
    row(head, content, batchId) {
      const named = `Batch ${batchId} (shard ${shard}, row ${head.seq})`
      const isNext = head.seq === seq + 1
      if (!isNext) {
        const gap =
          head.seq > seq + 1 ? `${rows(seq + 1, head.seq - 1)} before it missing` : 'it is out of its order'
        faults.add(`${named}: ${gap}.`)
        isCut = true
      }
      const claimed = Buffer.from(head.hash, 'hex')
      const isRight = content === null || !isNext || follows(content, claimed)
      if (!isRight)
        faults.add(
          `${named}: its votes do not make the hash ${head.hash.slice(0, 12)}… that stands beside it.`,
        )
      made = isRight ? null : hashOfRow(hash, content)
      // What follows is judged by the hash that is claimed, so that one wrong batch does not make all others wrong.
      hash = claimed
      seq = head.seq
      for (let due = segments[next]; due !== undefined && due.seq < seq; due = segments[next])
        closeSegment(due)
      if (seq > lastSeq) return
      leaves.push(hash)
      batches.push(batchId)
      const due = segments[next]
      if (due !== undefined && due.seq === seq) closeSegment(due)
    },
    end() {
      const last = segments.at(-1)
      if (seq >= lastSeq || last === undefined) return
      const anchor = segments.find((its) => its.seq > seq) ?? last
      const more = lastSeq - seq
      faults.add(
        `Shard ${shard} ends at row ${seq}, ${more === 1 ? 'a row' : `${more} rows`} too early: anchor ${anchor.anchorNo} has row ${anchor.seq}.`,
      )
    },
    seq: () => seq,
    hash: () => hash.toString('hex'),
    isAnchored: (its) => its <= lastSeq,
  }
}
