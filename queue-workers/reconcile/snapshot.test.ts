/** Rules of a snapshot that the books are read in, on a real Postgres. */
import { sql } from 'slonik'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { databaseUrl } from '../../tests/live-redis.ts'
import { inSnapshot } from './snapshot.slonik.ts'

describe('the reads of a look', () => {
  it('RP10 may take longer than other statements: 100 million votes are counted in 15 s', async () => {
    await using open = new AsyncDisposableStack()
    const pool = await connectPostgres(databaseUrl, { most: 1, idleInTransactionMs: 5_000 })
    open.defer(() => pool.end())
    const timeout = sql.type(
      z.object({ its: z.string() }),
    )`select current_setting('statement_timeout') as its`
    expect(await pool.oneFirst(timeout)).toBe('10s')
    expect(await inSnapshot(pool, (tx) => tx.oneFirst(timeout))).toBe('15min')
    expect(await pool.oneFirst(timeout)).toBe('10s')
  })
})
