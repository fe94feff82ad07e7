/** What Postgres says became of the votes: sums of the ledger, and rows of `votes`. */
import type { Client } from 'pg'
import { rest } from '../runtime/rest.ts'

export interface LedgerSums {
  readonly received: number
  readonly counted: number
  readonly batches: number
  readonly unemitted: number
}

export async function ledgerSums(db: Client): Promise<LedgerSums> {
  const { rows } = await db.query<Record<keyof LedgerSums, string>>(`
    select coalesce(sum(received), 0) as received, coalesce(sum(counted), 0) as counted, count(*) as batches,
      count(*) filter (where emitted_at is null) as unemitted
    from ledger`)
  const [row] = rows
  if (row === undefined) throw new Error('the ledger gave no sums')
  return {
    received: Number(row.received),
    counted: Number(row.counted),
    batches: Number(row.batches),
    unemitted: Number(row.unemitted),
  }
}

export async function votesStored(db: Client, pollIds: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ votes: string }>(
    'select count(*) as votes from votes join polls using (poll_no) where poll_id = any($1)',
    [pollIds],
  )
  return Number(rows[0]?.votes ?? 0)
}

/** Resolves when every ledger row is marked as emitted. */
export async function allEmitted(db: Client, withinS: number, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + withinS * 1000
  for (;;) {
    const { rows } = await db.query<{ left: boolean }>(
      'select exists (select from ledger where emitted_at is null) as left',
    )
    if (rows[0]?.left !== true) return
    if (Date.now() > giveUpAt) throw new Error(`ledger rows still wait for Kafka after ${withinS} s`)
    await rest(50, signal)
    signal.throwIfAborted()
  }
}
