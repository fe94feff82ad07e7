/** Counts what Postgres holds of polls, each table on its own: ledger, shards, minutes. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

/**
 * What the ledger's rows of one shard say of one poll and run. mirrored*: of rows no newer than the run's last seq in
 * the mirror, 0 where the mirror does not know the run. old*: of rows that Kafka should have: emitted, and stored before
 * the moment asked for. oldestAt: when the oldest was stored, epoch ms.
 */
const ledgerShape = z.object({
  pollNo: z.number(),
  run: z.string(),
  shard: z.number(),
  batches: z.number(),
  counted: z.number(),
  mirroredCounted: z.number(),
  mirroredRepeats: z.number(),
  mirroredRefused: z.number(),
  mirroredRejected: z.number(),
  oldBatches: z.number(),
  oldCounted: z.number(),
  oldestAt: z.number(),
})
export type LedgerSum = z.infer<typeof ledgerShape>

/** `lastSeqs`: of the mirror's runs. `oldBefore`: epoch ms. One pass over the rows, without their content. */
export function ledgerSums(
  tx: CommonQueryMethods,
  pollNos: readonly number[],
  lastSeqs: readonly (readonly [run: string, lastSeq: number])[],
  oldBefore: number,
): Promise<readonly LedgerSum[]> {
  const mirrored = sql.fragment`filter (where l.run_seq <= m.last_seq)`
  const old = sql.fragment`filter (
    where l.emitted_at is not null and l.stored_at <= to_timestamp(${oldBefore / 1_000}::float8))`
  return tx.any(sql.type(ledgerShape)`
    select l.poll_no as "pollNo", l.run_id as run, l.shard::int, count(*) as batches, sum(l.counted) as counted,
      coalesce(sum(l.counted) ${mirrored}, 0) as "mirroredCounted",
      coalesce(sum(l.repeats) ${mirrored}, 0) as "mirroredRepeats",
      coalesce(sum(l.refused) ${mirrored}, 0) as "mirroredRefused",
      coalesce(sum(l.rejected) ${mirrored}, 0) as "mirroredRejected",
      count(*) ${old} as "oldBatches", coalesce(sum(l.counted) ${old}, 0) as "oldCounted",
      (extract(epoch from min(l.stored_at)) * 1000)::float8 as "oldestAt"
    from ledger l
    left join ${sql.unnest(
      lastSeqs.map(([run, lastSeq]) => [run, lastSeq]),
      ['uuid', 'int8'],
    )} as m (run_id, last_seq) using (run_id)
    where l.poll_no = any(${sql.array([...pollNos], 'int4')})
    group by 1, 2, 3`)
}

const shardShape = z.object({
  pollNo: z.number(),
  shard: z.number(),
  seq: z.number(),
  asOf: z.number(),
  counts: z.array(z.coerce.number()),
})
export type StoredShard = z.infer<typeof shardShape>

export function readShards(
  tx: CommonQueryMethods,
  pollNos: readonly number[],
): Promise<readonly StoredShard[]> {
  return tx.any(sql.type(shardShape)`
    select poll_no as "pollNo", shard::int, seq, as_of as "asOf", counts
    from shard_counts where poll_no = any(${sql.array([...pollNos], 'int4')})`)
}

const minutesShape = z.object({
  pollNo: z.number(),
  place: z.number(),
  votes: z.number(),
  numbers: z.number(),
})

/** place: from 0. numbers: how many were added up. */
export function sumMinutes(
  tx: CommonQueryMethods,
  pollNos: readonly number[],
): Promise<readonly z.infer<typeof minutesShape>[]> {
  return tx.any(sql.type(minutesShape)`
    select poll_no as "pollNo", (place - 1)::int as place, sum(votes)::bigint as votes, count(*) as numbers
    from minute_counts, unnest(counts) with ordinality as of_minute (votes, place)
    where poll_no = any(${sql.array([...pollNos], 'int4')})
    group by 1, 2`)
}
