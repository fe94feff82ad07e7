/** The anchors of a poll as they are stored, and the heads of the chains that they sign. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { advisoryLocks } from '../../sql/advisory-locks.ts'

const grownShape = z.object({ pollNo: z.number(), pollId: z.string() })
const lockShape = z.object({ locked: z.boolean() })
const anchorShape = z.object({
  anchorNo: z.number(),
  content: z.instanceof(Buffer).transform((bytes) => bytes.toString()),
  signature: z.instanceof(Buffer),
  publicKey: z.instanceof(Buffer),
})
const headShape = z.object({
  shard: z.number(),
  seq: z.number(),
  hash: z.instanceof(Buffer),
  counts: z.array(z.coerce.number()),
})
const none = z.object({})

export type PollNames = z.infer<typeof grownShape>
export type StoredAnchor = z.infer<typeof anchorShape>
export type ShardEnd = z.infer<typeof headShape>

/**
 * The polls whose chains do not end where their last anchor says: longer ones are to be anchored, shorter ones are
 * to be looked at.
 */
export function unanchoredPolls(db: CommonQueryMethods): Promise<readonly PollNames[]> {
  return db.any(sql.type(grownShape)`
    select p.poll_no as "pollNo", p.poll_id as "pollId"
    from polls p
    left join lateral (select sum(seq) as rows from shard_counts s where s.poll_no = p.poll_no) as its on true
    left join lateral (
      select content from anchors a where a.poll_no = p.poll_no order by anchor_no desc limit 1) as last on true
    where coalesce(its.rows, 0) <> coalesce((
      select sum((shard ->> 'seq')::bigint)
      from json_array_elements(convert_from(last.content, 'UTF8')::json -> 'shards') as shard), 0)
    order by p.poll_no`)
}

/** oldestAt: when the oldest row that no anchor covers was stored, epoch ms; null where all are covered. */
const waitingShape = z.object({ oldestAt: z.number().nullable(), pollsCounting: z.number() })

/** What waits for a certifier, in all polls. One look by index into each shard of theirs. */
export function waitingForCertifier(db: CommonQueryMethods): Promise<z.infer<typeof waitingShape>> {
  return db.one(sql.type(waitingShape)`
    select (
      select (extract(epoch from min(waits.stored_at)) * 1000)::float8
      from shard_counts s
      left join lateral (
        select content from anchors a where a.poll_no = s.poll_no order by anchor_no desc limit 1) as last on true
      left join lateral (
        select (signed ->> 'seq')::bigint as seq
        from json_array_elements(convert_from(last.content, 'UTF8')::json -> 'shards') as signed
        where (signed ->> 'shard')::int = s.shard) as anchored on true
      join lateral (
        select stored_at from ledger l
        where l.poll_no = s.poll_no and l.shard = s.shard and l.seq > coalesce(anchored.seq, 0)
        order by seq limit 1) as waits on true
    ) as "oldestAt",
    (select count(*)::int from polls where state = 'counting') as "pollsCounting"`)
}

/**
 * One certifier at a time works on a poll; the lock ends with the transaction. It only saves work: that there is one
 * anchor of a number is for the primary key to say.
 */
export async function onlyOneWorksOn(tx: CommonQueryMethods, pollNo: number): Promise<boolean> {
  const { locked } = await tx.one(
    sql.type(lockShape)`select pg_try_advisory_xact_lock(${advisoryLocks.anchorPoll}, ${pollNo}) as locked`,
  )
  return locked
}

export function lastAnchor(db: CommonQueryMethods, pollNo: number): Promise<StoredAnchor | null> {
  return db.maybeOne(sql.type(anchorShape)`
    select anchor_no as "anchorNo", content, signature, public_key as "publicKey"
    from anchors join signing_keys using (key_id)
    where poll_no = ${pollNo} order by anchor_no desc limit 1`)
}

export function shardEnds(db: CommonQueryMethods, pollNo: number): Promise<readonly ShardEnd[]> {
  return db.any(sql.type(headShape)`
    select shard::int, seq, hash, counts from shard_counts where poll_no = ${pollNo} order by shard`)
}

export async function insertAnchor(
  tx: CommonQueryMethods,
  anchor: {
    readonly pollNo: number
    readonly anchorNo: number
    readonly madeAtMs: number
    readonly content: string
    readonly signature: Buffer
    readonly keyId: string
  },
): Promise<void> {
  await tx.query(sql.type(none)`
    insert into anchors (poll_no, anchor_no, content, signature, key_id, made_at)
    values (${anchor.pollNo}, ${anchor.anchorNo}, ${sql.binary(Buffer.from(anchor.content))},
      ${sql.binary(anchor.signature)}, ${anchor.keyId}, to_timestamp(${anchor.madeAtMs / 1_000}))`)
}
