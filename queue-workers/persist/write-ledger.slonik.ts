/** The statements that write the ledger and the counters, inside the transaction that stored the votes. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { LedgerRow } from './ledger-row.ts'

const none = z.object({})
const standingShape = z.object({ batch_id: z.string(), poll_no: z.number() })
const headShape = z.object({
  poll_no: z.number(),
  seq: z.number(),
  hash: z.instanceof(Buffer),
  counts: z.array(z.coerce.number()),
})

/** The head of a shard's chain for one poll, with its absolute counts. */
export interface ShardHead {
  readonly seq: number
  readonly hash: Buffer
  readonly counts: readonly number[]
}

/** Which of these rows stand already. */
export function standingRows(
  tx: CommonQueryMethods,
  parts: readonly { readonly pollNo: number; readonly batchId: string }[],
): Promise<readonly z.infer<typeof standingShape>[]> {
  const keys = parts.map(({ pollNo, batchId }) => [pollNo, batchId])
  return tx.any(sql.type(standingShape)`
    select batch_id, poll_no
    from ledger join ${sql.unnest(keys, ['int4', 'uuid'])} as k (poll_no, batch_id) using (poll_no, batch_id)`)
}

export async function readHeads(
  tx: CommonQueryMethods,
  shard: number,
  pollNos: readonly number[],
): Promise<ReadonlyMap<number, ShardHead>> {
  const rows = await tx.any(sql.type(headShape)`
    select poll_no, seq, hash, counts from shard_counts
    where shard = ${shard} and poll_no = any(${sql.array([...pollNos], 'int4')})`)
  return new Map(rows.map(({ poll_no: pollNo, ...head }) => [pollNo, head]))
}

export async function insertLedger(
  tx: CommonQueryMethods,
  shard: number,
  storedAt: number,
  rows: readonly LedgerRow[],
): Promise<void> {
  const tuples = rows.map(({ part, seq, tally, content, hash }) => [
    part.pollNo,
    part.batchId,
    seq,
    part.run,
    part.runSeq,
    part.runAccepted,
    part.votes.length,
    tally.counted,
    tally.repeat,
    tally.refused,
    tally.rejected,
    content,
    hash,
  ])
  const types = ['int4', 'uuid', 'int8', 'uuid', 'int8', 'int8', 'int4', 'int4', 'int4', 'int4', 'int4']
  await tx.query(sql.type(none)`
    insert into ledger (poll_no, batch_id, seq, run_id, run_seq, run_accepted, received, counted, repeats, refused,
      rejected, content, hash, shard, stored_at)
    select v.*, ${shard}, to_timestamp(${storedAt / 1000})
    from ${sql.unnest(tuples, [...types, 'bytea', 'bytea'])} as v`)
}

/** The shard's absolute counts of a poll, and the head of its chain. */
export async function writeHead(
  tx: CommonQueryMethods,
  shard: number,
  pollNo: number,
  head: ShardHead,
  asOf: number,
): Promise<void> {
  await tx.query(sql.type(none)`
    insert into shard_counts (poll_no, shard, seq, hash, counts, as_of)
    values (${pollNo}, ${shard}, ${head.seq}, ${sql.binary(head.hash)}, ${sql.array([...head.counts], 'int8')},
      to_timestamp(${asOf / 1000}))
    on conflict (poll_no, shard) do update set seq = excluded.seq, hash = excluded.hash, counts = excluded.counts,
      as_of = excluded.as_of`)
}

/** Adds to the shard's counts of one minute of acceptance (epoch ms of its start). */
export async function addToMinute(
  tx: CommonQueryMethods,
  shard: number,
  pollNo: number,
  minute: number,
  counts: readonly number[],
): Promise<void> {
  await tx.query(sql.type(none)`
    insert into minute_counts (poll_no, minute, shard, counts)
    values (${pollNo}, to_timestamp(${minute / 1000}), ${shard}, ${sql.array([...counts], 'int8')})
    on conflict (poll_no, minute, shard) do update set counts = (
      select array_agg(a + b order by i)
      from unnest(minute_counts.counts, excluded.counts) with ordinality as both_counts (a, b, i))`)
}
