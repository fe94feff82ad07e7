/** Looks into the database as anyone with a reader's right could. */
import type pg from 'pg'
import { ledgerContentShape } from '../../contracts/ledger.ts'
import type { Seen, SeenLedgerRow, SeenVote } from './seen.ts'

export async function lookAtRows(
  db: pg.Client,
): Promise<Pick<Seen, 'rows' | 'ledger' | 'unemitted' | 'missing'>> {
  const { rows } = await db.query<SeenVote>(
    `select p.poll_id as "pollId", v.vote_id as "voteId", o.option_id as "optionId",
       v.batch_id as "batchId", v.position
     from votes v join polls p using (poll_no) join poll_options o using (poll_no, option_no)`,
  )
  const { rows: stored } = await db.query<Omit<SeenLedgerRow, 'content'>>(
    `select shard, seq::int, encode(hash, 'hex') as hash, convert_from(content, 'UTF8') as bytes from ledger`,
  )
  const ledger = stored.map((row) => ({ ...row, content: ledgerContentShape.parse(JSON.parse(row.bytes)) }))
  const { rows: sums } = await db.query<{ unemitted: number; batches: number; votes: number }>(
    `select (select count(*)::int from ledger where emitted_at is null) as unemitted,
       (select count(*)::int from batches_not_in_ledger) as batches,
       ((select coalesce(sum(accepted), 0) from gateway_runs)
         - (select coalesce(sum(received), 0) from ledger l join gateway_runs r using (run_id)
            where l.run_seq <= r.last_seq))::int as votes`,
  )
  const { unemitted = 0, batches = 0, votes = 0 } = sums[0] ?? {}
  return { rows, ledger, unemitted, missing: { batches, votes } }
}

/** How the database calls each poll. */
export async function lookAtPollNos(db: pg.Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ poll_id: string; poll_no: number }>('select poll_id, poll_no from polls')
  return new Map(rows.map((row) => [row.poll_id, row.poll_no]))
}

/** PollNo -> counted votes in rows behind the last copy that their gateway made of its numbers before it was killed. */
export async function lookAtUncopied(db: pg.Client): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ poll_no: number; votes: number }>(
    `select l.poll_no, sum(l.counted)::int as votes from ledger l left join gateway_runs r using (run_id)
     where r.run_id is null or l.run_seq > r.last_seq group by l.poll_no`,
  )
  return new Map(rows.map((row) => [row.poll_no, row.votes]))
}

/** How many anchors Kafka lacks. */
export async function lookAtAnchors(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ many: number }>(
    'select count(*)::int as many from anchors where emitted_at is null',
  )
  return rows[0]?.many ?? 0
}

/** How many votes are stored now, and how many ledger rows Kafka lacks. */
export async function lookAtProgress(db: pg.Client): Promise<{ stored: number; unemitted: number }> {
  const { rows } = await db.query<{ stored: number; unemitted: number }>(
    `select (select count(*)::int from votes) as stored,
       (select count(*)::int from ledger where emitted_at is null) as unemitted`,
  )
  return rows[0] ?? { stored: 0, unemitted: 0 }
}
