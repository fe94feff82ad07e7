/** What Postgres has and Kafka lacks: rows that a publisher holds locked while it sends them. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { advisoryLocks } from '../../sql/advisory-locks.ts'

/** Times in epoch ms. content is JSON in UTF-8: as text it travels in half the bytes that `bytea` would take. */
const rowShape = z.object({
  poll_no: z.number(),
  batch_id: z.string(),
  poll_id: z.string().nullable(),
  stored_at: z.number(),
  shard: z.number(),
  seq: z.number(),
  hash: z.string(),
  content: z.string().transform((text) => Buffer.from(text)),
})
const eventShape = z.object({ event_no: z.number(), poll_id: z.string(), message: z.instanceof(Buffer) })
const backlogShape = z.object({ waiting: z.number(), oldest_ms: z.number() })
const lockShape = z.object({ locked: z.boolean() })
const none = z.object({})

export type UnemittedRow = z.infer<typeof rowShape>

/** The oldest rows that no other publisher holds; locked until the transaction ends. */
export function takeRows(tx: CommonQueryMethods, most: number): Promise<readonly UnemittedRow[]> {
  return tx.any(sql.type(rowShape)`
    select poll_no, batch_id, poll_id, stored_at, shard::int, seq, encode(hash, 'hex') as hash, convert_from(content, 'UTF8') as content
    from (
      select l.poll_no, l.batch_id, p.poll_id, l.stored_at, l.shard, l.seq, l.hash, l.content
      from ledger l left join polls p using (poll_no)
      where l.emitted_at is null
      order by l.stored_at limit ${most}
      for update of l skip locked) as taken`)
}

export async function markRows(tx: CommonQueryMethods, rows: readonly UnemittedRow[]): Promise<void> {
  const keys = rows.map((row) => [row.poll_no, row.batch_id])
  await tx.query(sql.type(none)`
    update ledger l set emitted_at = now()
    from ${sql.unnest(keys, ['int4', 'uuid'])} as k (poll_no, batch_id)
    where l.poll_no = k.poll_no and l.batch_id = k.batch_id`)
}

/** One publisher at a time speaks of polls and tallies: their topics keep the last message of a key. */
export async function onlyOne(tx: CommonQueryMethods): Promise<boolean> {
  const { locked } = await tx.one(
    sql.type(lockShape)`select pg_try_advisory_xact_lock(${advisoryLocks.publishPolls}) as locked`,
  )
  return locked
}

export function takeEvents(
  tx: CommonQueryMethods,
  most: number,
): Promise<readonly z.infer<typeof eventShape>[]> {
  return tx.any(sql.type(eventShape)`
    select event_no, poll_id, message from poll_events where emitted_at is null order by event_no limit ${most}`)
}

/** Exactly those that were sent: an event may become visible later than one with a higher number. */
export async function markEvents(tx: CommonQueryMethods, eventNos: readonly number[]): Promise<void> {
  await tx.query(sql.type(none)`
    update poll_events set emitted_at = now() where event_no = any(${sql.array([...eventNos], 'int8')})`)
}

/** How many ledger rows wait for Kafka, and for how long the oldest has. */
export function backlog(db: CommonQueryMethods): Promise<z.infer<typeof backlogShape>> {
  return db.one(sql.type(backlogShape)`
    select count(*)::int as waiting,
      coalesce(extract(epoch from clock_timestamp() - min(stored_at)) * 1000, 0)::float8 as oldest_ms
    from ledger where emitted_at is null`)
}
