/** Reads from Postgres what Redis must remember again: votes, shard counts, and what was received. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import type { ShardCounts } from '../../contracts/tally.ts'

/** accepted_at in epoch ms. */
export const voteShape = z.object({
  box_no: z.number(),
  option_no: z.number(),
  position: z.number(),
  dedup_key: z.string(),
  vote_id: z.string(),
  voter_key: z.string(),
  batch_id: z.string(),
  accepted_at: z.number(),
})
export type StoredVote = z.infer<typeof voteShape>

export const columnsOfVote = sql.fragment`
  box_no, option_no, position, dedup_key, vote_id, voter_key, batch_id, accepted_at`

const shardShape = z.object({
  shard: z.number(),
  seq: z.number(),
  as_of: z.number(),
  counts: z.array(z.coerce.number()),
})
const receivedShape = z.object({ shard: z.number(), received: z.number() })

/** The votes of one poll, page by page in the order of their key, so that no page is read twice and none waits long. */
async function* votesOf(
  pool: DatabasePool,
  pollNo: number,
  pageSize: number,
  { lane, hashTags }: { readonly lane: number; readonly hashTags: number },
): AsyncGenerator<readonly StoredVote[]> {
  // As contracts/lanes.ts has it.
  const ofLane =
    hashTags === 1
      ? sql.fragment`true`
      : sql.fragment`('x' || left(voter_key::text, 8))::bit(32)::bigint % ${hashTags} = ${lane}`
  let after = { boxNo: -1, dedupKey: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const page = await pool.any(sql.type(voteShape)`
      select ${columnsOfVote} from votes
      where poll_no = ${pollNo} and (box_no, dedup_key) > (${after.boxNo}, ${after.dedupKey})
        and ${ofLane}
      order by box_no, dedup_key limit ${pageSize}`)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = { boxNo: last.box_no, dedupKey: last.dedup_key }
  }
}

async function shardsOf(pool: DatabasePool, pollNo: number): Promise<ShardCounts[]> {
  const rows = await pool.any(sql.type(shardShape)`
    select shard, seq, as_of, counts from shard_counts where poll_no = ${pollNo} order by shard`)
  return rows.map(({ shard, seq, as_of: asOf, counts }) => ({ shard, seq, asOf, counts }))
}

/**
 * What each shard has received in all, and what of these batches the ledger has: one statement, so that both are of
 * the same moment.
 */
async function receivedSoFar(
  pool: DatabasePool,
  batchIds: readonly string[],
): Promise<{ byShard: readonly z.infer<typeof receivedShape>[]; ofBatches: number }> {
  const rows = await pool.any(sql.type(receivedShape)`
    select shard::int, received from shard_heads
    union all
    select -1, coalesce(sum(received), 0)::bigint from ledger
    where batch_id = any(${sql.array([...batchIds], 'uuid')})`)
  return {
    byShard: rows.filter(({ shard }) => shard >= 0),
    ofBatches: rows.find(({ shard }) => shard < 0)?.received ?? 0,
  }
}

/** The reads above, for one pool. */
export const votesToRestore = (pool: DatabasePool) => ({
  votesOf: (pollNo: number, pageSize: number, of: { lane: number; hashTags: number }) =>
    votesOf(pool, pollNo, pageSize, of),
  shardsOf: (pollNo: number) => shardsOf(pool, pollNo),
  receivedSoFar: (batchIds: readonly string[]) => receivedSoFar(pool, batchIds),
})
