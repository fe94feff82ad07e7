/** The two statements around the votes of a transaction: what the ledger has, and what it gets. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { byteaArray, timeArray } from './binary-arrays.ts'
import type { LedgerRow } from './ledger-row.ts'
import type { BatchPart } from './received-batch.ts'
import { LeaseLost, leasedFor, type Lease } from './shard-lease.slonik.ts'

const beginShape = z.object({
  fenced: z.number(),
  /** Indices of the parts whose rows stand. */
  standing: z.array(z.number()),
  heads: z.array(z.object({ pollNo: z.number(), seq: z.int(), hash: z.string(), counts: z.array(z.int()) })),
})
const receivedShape = z.object({ received: z.number() })

/** The head of a shard's chain for one poll, with its absolute counts. */
export interface ShardHead {
  readonly seq: number
  readonly hash: Buffer
  readonly counts: readonly number[]
}

/** What a transaction adds to one poll of its shard. */
export interface PollGrowth {
  readonly pollNo: number
  readonly head: ShardHead
  /** Minutes of acceptance (epoch ms of their start) with what is added to each. */
  readonly minutes: ReadonlyMap<number, readonly number[]>
}

/**
 * The first statement of every transaction that counts: locks the shard's head under the epoch that was leased,
 * renews the lease, and reads which rows stand and where the shard's chains end. Throws LeaseLost. What it reads is as
 * old as its own begin: if another transaction of this very lease ends while it waits for the lock, the keys
 * of the ledger refuse what is made of it, and the next try reads afresh.
 */
export async function beginUnderLease(
  tx: CommonQueryMethods,
  lease: Lease,
  parts: readonly BatchPart[],
): Promise<{ readonly standing: ReadonlySet<number>; readonly heads: ReadonlyMap<number, ShardHead> }> {
  const pollNos = parts.map(({ pollNo }) => pollNo)
  const begun = await tx.one(sql.prepared('begin-under-lease', beginShape)`
    with fenced as (
      update shard_heads set leased_until = clock_timestamp() + ${leasedFor}
      where shard = ${lease.shard} and epoch = ${lease.epoch} returning shard)
    select (select count(*)::int from fenced) as fenced,
      array(
        select (n - 1)::int
        from unnest(${sql.array(pollNos, 'int4')}, ${sql.array(
          parts.map(({ batchId }) => batchId),
          'uuid',
        )}) with ordinality as k (poll_no, batch_id, n) join ledger using (poll_no, batch_id)) as standing,
      coalesce((
        select json_agg(json_build_object('pollNo', poll_no, 'seq', seq, 'hash', encode(hash, 'hex'), 'counts', counts))
        from shard_counts
        where shard = ${lease.shard} and poll_no = any(${sql.array([...new Set(pollNos)], 'int4')})), '[]') as heads`)
  if (begun.fenced !== 1) throw new LeaseLost(lease)
  const heads = begun.heads.map(
    ({ pollNo, hash, ...its }) => [pollNo, { ...its, hash: Buffer.from(hash, 'hex') }] as const,
  )
  return { standing: new Set(begun.standing), heads: new Map(heads) }
}

/** The last statement: ledger rows, counts and minutes of the shard; answers what it has received in all. */
export async function writeLedger(
  tx: CommonQueryMethods,
  shard: number,
  storedAt: number,
  rows: readonly LedgerRow[],
  growths: readonly PollGrowth[],
): Promise<number> {
  const ints = (of: (row: LedgerRow) => number) => sql.array(rows.map(of), 'int4')
  const longs = (of: (row: LedgerRow) => number) => sql.array(rows.map(of), 'int8')
  const uuids = (of: (row: LedgerRow) => string) => sql.array(rows.map(of), 'uuid')
  const bytes = (of: (row: LedgerRow) => Buffer) =>
    sql.fragment`${sql.binary(byteaArray(rows.map(of)))}::bytea[]`
  const minutes = growths.flatMap(({ pollNo, minutes: its }) =>
    [...its].map(([minute, counts]) => ({ pollNo, minute, counts })),
  )
  const at = sql.fragment`${sql.binary(timeArray([storedAt]))}::timestamptz[]`
  const { received } = await tx.one(sql.prepared('write-ledger', receivedShape)`
    with rows as (
      insert into ledger (poll_no, batch_id, seq, run_id, run_seq, run_accepted, received, counted, repeats,
        refused, rejected, content, hash, shard, stored_at)
      select unnest(${ints(({ part }) => part.pollNo)}), unnest(${uuids(({ part }) => part.batchId)}),
        unnest(${longs(({ seq }) => seq)}), unnest(${uuids(({ part }) => part.run)}),
        unnest(${longs(({ part }) => part.runSeq)}), unnest(${longs(({ part }) => part.runAccepted)}),
        unnest(${ints(({ part }) => part.size)}), unnest(${ints(({ tally }) => tally.counted)}),
        unnest(${ints(({ tally }) => tally.repeat)}), unnest(${ints(({ tally }) => tally.refused)}),
        unnest(${ints(({ tally }) => tally.rejected)}), unnest(${bytes(({ content }) => content)}),
        unnest(${bytes(({ hash }) => hash)}), ${shard}, (${at})[1]
    ), heads as (
      insert into shard_counts (poll_no, shard, seq, hash, counts, as_of)
      select unnest(${sql.array(
        growths.map(({ pollNo }) => pollNo),
        'int4',
      )}), ${shard}, unnest(${sql.array(
        growths.map(({ head }) => head.seq),
        'int8',
      )}), unnest(${sql.binary(byteaArray(growths.map(({ head }) => head.hash)))}::bytea[]),
        unnest(${sql.array(
          growths.map(({ head }) => arrayText(head.counts)),
          'text',
        )})::int8[], (${at})[1]
      on conflict (poll_no, shard) do update set seq = excluded.seq, hash = excluded.hash,
        counts = excluded.counts, as_of = excluded.as_of
    ), minutes as (
      insert into minute_counts (poll_no, minute, shard, counts)
      select unnest(${sql.array(
        minutes.map(({ pollNo }) => pollNo),
        'int4',
      )}), unnest(${sql.binary(timeArray(minutes.map(({ minute }) => minute)))}::timestamptz[]), ${shard},
        unnest(${sql.array(
          minutes.map(({ counts }) => arrayText(counts)),
          'text',
        )})::int8[]
      on conflict (poll_no, minute, shard) do update set counts = (
        select array_agg(a + b order by i)
        from unnest(minute_counts.counts, excluded.counts) with ordinality as both_counts (a, b, i))
    )
    update shard_heads set received = received + ${rows.reduce((sum, { part }) => sum + part.size, 0)}
    where shard = ${shard} returning received`)
  return received
}

const arrayText = (counts: readonly number[]) => `{${counts.join(',')}}`
