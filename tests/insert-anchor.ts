/** Makes a poll's next anchor as the role certify does, from the rows that the ledger has now. */
import { createHash } from 'node:crypto'
import { anchorBytes, anchorContentShape, anchorStatement } from '../contracts/anchor.ts'
import type { SigningKey } from '../runtime/signing-key.ts'
import type { House } from './house.ts'
import { anchoredRows, keyIdOf } from './made-proof.ts'

/** Answers its number. The key must be registered. */
export async function insertAnchor(house: House, pollId: string, key: SigningKey): Promise<number> {
  const rows = await house.rows<{ poll_no: number; shard: number; seq: string; hash: Buffer }>(
    `select poll_no, shard, seq, hash from ledger join polls using (poll_no) where poll_id = $1 order by shard, seq`,
    [pollId],
  )
  const [last] = await house.rows<{ anchor_no: number; content: Buffer }>(
    `select anchor_no, content from anchors join polls using (poll_no) where poll_id = $1 order by anchor_no desc limit 1`,
    [pollId],
  )
  const before = last && anchorContentShape.parse(JSON.parse(last.content.toString()))
  const shards = [...new Set(rows.map(({ shard }) => shard))].map((shard) => {
    const hashes = rows.filter((row) => row.shard === shard).map(({ hash }) => hash)
    const known = before?.shards.find((its) => its.shard === shard)?.seq ?? 0
    const all = anchoredRows(
      shard,
      known + 1,
      hashes.slice(known).length === 0 ? hashes : hashes.slice(known),
    )
    const { seq, hash, from, root } = all
    return hashes.length === known ? { shard, seq: known, hash } : { shard, seq, hash, from, root }
  })
  const anchorNo = (last?.anchor_no ?? 0) + 1
  const content = anchorBytes({
    ...{ pollId, anchorNo, madeAt: new Date().toISOString(), shards },
    before: last === undefined ? '0'.repeat(64) : createHash('sha256').update(last.content).digest('hex'),
  })
  await house.rows(
    `insert into anchors (poll_no, anchor_no, content, signature, key_id, made_at) values ($1, $2, $3, $4, $5, now())`,
    [rows[0]?.poll_no, anchorNo, Buffer.from(content), key.sign(anchorStatement(content)), keyIdOf(key)],
  )
  return anchorNo
}
