/** Reads from Postgres the votes of a poll that were stored since a mark was taken, and no others. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { columnsOfVote, voteShape, type StoredVote } from './votes-to-restore.slonik.ts'

const headShape = z.object({ shard: z.number(), seq: z.number() })
const blocksShape = z.object({ blocks: z.number() })
const countShape = z.object({ votes: z.number() })

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
  const shards = [...upTo.seqs.keys()]
  const ints = (numbers: number[]) => sql.array(numbers, 'int8')
  const rows = sql.fragment`
    from ledger join unnest(${ints(shards)},
      ${ints(shards.map((shard) => from.seqs.get(shard) ?? 0))},
      ${ints(shards.map((shard) => upTo.seqs.get(shard) ?? 0))}) as new (shard, seq, last_seq)
    on ledger.shard = new.shard and ledger.seq > new.seq and ledger.seq <= new.last_seq
    where ledger.poll_no = ${pollNo}`
  const { votes: counted } = await pool.one(sql.type(countShape)`
    select coalesce(sum(ledger.counted), 0)::bigint as votes ${rows}`)
  if (counted === 0) return
  let found = 0
  async function* votesIn(first: number, end: number) {
    for (let block = first; block < end; block += blocksPerRead) {
      const votes = await pool.any(sql.type(voteShape)`
        select ${columnsOfVote} from votes
        where poll_no = ${pollNo} and batch_id in (select ledger.batch_id ${rows})
          and ctid >= ${`(${block},0)`}::tid and ctid < ${`(${Math.min(block + blocksPerRead, end)},0)`}::tid`)
      found += votes.length
      if (votes.length > 0) yield votes
    }
  }
  const begin = Math.min(Math.max(0, from.blocks - blocksFilledLater), upTo.blocks)
  yield* votesIn(begin, upTo.blocks)
  if (found < counted) yield* votesIn(0, begin)
}
