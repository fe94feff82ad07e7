/** Reads from Postgres the votes of a poll that were stored since a mark was taken, and no others. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { columnsOfVote, voteShape, type StoredVote } from './votes-to-restore.slonik.ts'

const headShape = z.object({ shard: z.number(), seq: z.number() })
const blocksShape = z.object({ blocks: z.number() })
const batchShape = z.object({ batch_id: z.string(), counted: z.number() })

// At about 70 votes a block: some 35,000 votes a statement.
const blocksPerRead = 500
// Postgres makes a table longer by several blocks at once, and fills them later: 8 MB is far more than that.
const blocksFilledLater = 1_024

/** How far a poll's ledger had come: the last seq of each shard, and the blocks of its votes' table by then. */
export interface StoredMark {
  readonly seqs: ReadonlyMap<number, number>
  readonly blocks: number
}

/** What is committed later stands behind it, whatever time it carries: a shard's rows are numbered as they are committed. */
export async function markStored(pool: DatabasePool, pollNo: number): Promise<StoredMark> {
  const heads = await pool.any(sql.type(headShape)`
    select s.shard, l.seq from generate_series(0, 15) as s (shard)
    cross join lateral (
      select seq from ledger where poll_no = ${pollNo} and shard = s.shard order by seq desc limit 1) as l`)
  // Behind the heads: the votes of all rows up to them lie in these blocks.
  const { blocks } = await pool.one(sql.type(blocksShape)`
    select coalesce(pg_relation_size(to_regclass('votes_' || ${pollNo}::int)), 0)
      / current_setting('block_size')::bigint as blocks`)
  return { seqs: new Map(heads.map(({ shard, seq }) => [shard, seq])), blocks }
}

/**
 * The votes of the ledger rows behind `from` up to `upTo`. No index leads from a batch to its votes, so the table is read
 * from about where it ended; should the ledger have counted more than lie there, the blocks before are read, too.
 */
export async function* votesBetween(
  pool: DatabasePool,
  pollNo: number,
  from: StoredMark,
  upTo: StoredMark,
): AsyncGenerator<readonly StoredVote[]> {
  const batches = await batchesBetween(pool, pollNo, from, upTo)
  if (batches.length === 0) return
  const batchIds = sql.array(
    batches.map(({ batch_id: batchId }) => batchId),
    'uuid',
  )
  const counted = batches.reduce((sum, batch) => sum + batch.counted, 0)
  let found = 0
  async function* votesIn(first: number, end: number) {
    for (let block = first; block < end; block += blocksPerRead) {
      const votes = await pool.any(sql.type(voteShape)`
        select ${columnsOfVote} from votes
        where poll_no = ${pollNo} and batch_id = any(${batchIds})
          and ctid >= ${`(${block},0)`}::tid and ctid < ${`(${Math.min(block + blocksPerRead, end)},0)`}::tid`)
      found += votes.length
      // Empty ones too: whoever reads may have to stop.
      yield votes
    }
  }
  const begin = Math.min(Math.max(0, from.blocks - blocksFilledLater), upTo.blocks)
  yield* votesIn(begin, upTo.blocks)
  if (found < counted) yield* votesIn(0, begin)
}

/** Shard by shard: each is one stretch of an index, whatever Postgres thinks of the size of things. */
async function batchesBetween(pool: DatabasePool, pollNo: number, from: StoredMark, upTo: StoredMark) {
  const batches: z.infer<typeof batchShape>[] = []
  for (const [shard, last] of upTo.seqs) {
    const first = from.seqs.get(shard) ?? 0
    if (first === last) continue
    batches.push(
      ...(await pool.any(sql.type(batchShape)`
        select batch_id, counted from ledger
        where poll_no = ${pollNo} and shard = ${shard} and seq > ${first} and seq <= ${last}`)),
    )
  }
  return batches
}
