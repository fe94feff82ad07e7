/** Reads a poll's anchors, and what stands behind one. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { anchorContentShape, type AnchoredShard, type SignedAnchor } from '../../contracts/anchor.ts'

const newestShape = z.object({ anchorNo: z.int().nullable() })
const anchorShape = z.object({
  content: z.instanceof(Buffer),
  signature: z.instanceof(Buffer),
  keyId: z.string(),
})
const hashesShape = z.object({ hashes: z.instanceof(Buffer) })

/** An anchor with what it says of each shard. */
export interface StoredAnchor {
  readonly signed: SignedAnchor
  readonly shards: readonly AnchoredShard[]
}

/** Rows of one chain, both ends included. */
export interface Segment {
  readonly pollNo: number
  readonly shard: number
  readonly from: number
  readonly to: number
}

export interface ReadAnchors {
  /** The number of the poll's newest anchor; 0 before the first. */
  readonly newest: (pollNo: number) => Promise<number>
  readonly anchor: (pollNo: number, anchorNo: number) => Promise<StoredAnchor | null>
  /** The rows' hashes in the order of the chain, one after another. */
  readonly hashes: (segment: Segment) => Promise<Buffer>
}

export function makeReadAnchors(pool: DatabasePool): ReadAnchors {
  return {
    async newest(pollNo) {
      const { anchorNo } = await pool.one(sql.type(newestShape)`
        select max(anchor_no) as "anchorNo" from anchors where poll_no = ${pollNo}`)
      return anchorNo ?? 0
    },
    async anchor(pollNo, anchorNo) {
      const row = await pool.maybeOne(sql.type(anchorShape)`
        select content, signature, key_id as "keyId" from anchors
        where poll_no = ${pollNo} and anchor_no = ${anchorNo}`)
      if (row === null) return null
      const content = row.content.toString()
      const { shards } = anchorContentShape.parse(JSON.parse(content))
      return {
        signed: { content, signature: row.signature.toString('base64url'), keyId: row.keyId },
        shards,
      }
    },
    async hashes({ pollNo, shard, from, to }) {
      const { hashes } = await pool.one(sql.type(hashesShape)`
        select coalesce(string_agg(hash, ''::bytea order by seq), ''::bytea) as hashes from ledger
        where poll_no = ${pollNo} and shard = ${shard} and seq between ${from} and ${to}`)
      return hashes
    },
  }
}
