/** Faults that are done to rows: a shard that becomes another owner's, rows that Kafka gets again. */
import type pg from 'pg'
import { rest } from '../../runtime/rest.ts'
import type { Deed } from './deeds.ts'
import type { Stage } from './stage.ts'
import type { MadePart } from '../made-batch.ts'

/** How long each chain of a shard was when it became another's, and when it was given back: nothing may lie between. */
export interface StolenShard {
  readonly shard: number
  readonly before: Readonly<Record<string, number>>
  readonly after: Readonly<Record<string, number>>
}

const triesEveryMs = 250

/** Postgres may be away just now: the deed is tried until it is done. */
async function untilDone<T>(stage: Stage, work: (db: pg.Client) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await stage.withDb(work)
    } catch (fault) {
      if (tries === 400) throw fault
      await rest(triesEveryMs)
    }
  }
}

/**
 * Another owner takes a shard that a worker holds, as if its lease had run out while it was paused; the worker is not
 * told. The shard's row is locked while the chains are measured, so a transaction is either before or behind it.
 */
export async function stealShard(stage: Stage, pick: number, lastsMs: number): Promise<StolenShard | null> {
  const begun = await untilDone(stage, async (db) => {
    const { rows: held } = await db.query<{ shard: number }>(
      `select shard from shard_heads
       where leased_until > clock_timestamp() and owner is distinct from 'chaos' order by shard`,
    )
    const shard = held[Math.floor(pick * held.length)]?.shard
    if (shard === undefined) return null
    await db.query('begin')
    await db.query(
      `update shard_heads set epoch = epoch + 1, owner = 'chaos', leased_until = 'infinity' where shard = $1`,
      [shard],
    )
    const before = await chainsOf(db, shard)
    await db.query('commit')
    return { shard, before }
  })
  if (begun === null) return null
  await rest(lastsMs)
  const after = await untilDone(stage, async (db) => {
    await db.query('begin')
    const { rows } = await db.query<{ owner: string | null }>(
      'select owner from shard_heads where shard = $1 for update',
      [begun.shard],
    )
    // It was given back, and only the answer was lost: what stands there by now is its next owner's.
    if (rows[0]?.owner !== 'chaos') return null
    const chains = await chainsOf(db, begun.shard)
    await db.query(`update shard_heads set owner = null, leased_until = '-infinity' where shard = $1`, [
      begun.shard,
    ])
    await db.query('commit')
    return chains
  })
  return after === null ? null : { ...begun, after }
}

async function chainsOf(db: pg.Client, shard: number): Promise<Record<string, number>> {
  const { rows } = await db.query<{ poll_no: number; rows: number }>(
    'select poll_no, count(*)::int as rows from ledger where shard = $1 group by poll_no',
    [shard],
  )
  return Object.fromEntries(rows.map((row) => [row.poll_no, row.rows]))
}

export async function unmarkRows(stage: Stage): Promise<Deed> {
  const many = await untilDone(stage, async (db) => {
    const { rowCount } = await db.query(
      `update ledger l set emitted_at = null from (
         select poll_no, batch_id from ledger where emitted_at is not null order by stored_at desc limit 30) as r
       where l.poll_no = r.poll_no and l.batch_id = r.batch_id`,
    )
    return rowCount ?? 0
  })
  return { happened: many > 0, says: `rows unmarked: ${many}` }
}

/** The newest batches of which every vote was counted, as the jobs that they were. */
export function newestJobs(stage: Stage, many: number): Promise<readonly RebuiltJob[]> {
  return untilDone(stage, async (db) => {
    const { rows } = await db.query<RebuiltJob>(
      `with newest as (
         select batch_id, min(run_id::text) as run, min(run_seq) as seq, min(run_accepted) as accepted,
           sum(counted) as counted, sum(received) as received, max(stored_at) as at
         from ledger where stored_at > now() - interval '5 minutes' group by batch_id
         having sum(counted) = sum(received) order by max(stored_at) desc limit $1)
       select n.batch_id as "batchId", n.run, n.seq::int, n.accepted::int,
         extract(epoch from min(p.at)) * 1000 as at,
         json_agg(json_build_object('pollNo', p.poll_no, 'accepted', p.accepted, 'votes', p.votes)) as parts
       from newest n join lateral (
         select l.poll_no, (convert_from(l.content, 'UTF8')::json ->> 'runAccepted')::int as accepted,
           min(v.accepted_at) as at,
           json_agg(json_build_object('optionNo', v.option_no, 'boxNo', v.box_no, 'voteId', v.vote_id,
             'voterKey', replace(v.voter_key::text, '-', '')) order by v.position) as votes
         from ledger l join votes v using (poll_no, batch_id)
         where l.batch_id = n.batch_id group by 1, 2) as p on true
       group by 1, 2, 3, 4`,
      [many],
    )
    return rows.map((row) => ({ ...row, at: Math.round(Number(row.at)) }))
  })
}

export interface RebuiltJob {
  readonly batchId: string
  readonly run: string
  readonly seq: number
  readonly accepted: number
  readonly at: number
  readonly parts: readonly MadePart[]
}
