/** Runs reads of Postgres that all see one moment. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { allowLongReads } from '../long-reads.slonik.ts'

const none = z.object({})

export function inSnapshot<T>(pool: DatabasePool, read: (tx: CommonQueryMethods) => Promise<T>): Promise<T> {
  return pool.transaction(async (tx) => {
    await tx.query(sql.type(none)`set transaction isolation level repeatable read, read only`)
    // Nobody waits for it: it leaves the other cores to the votes.
    await tx.query(sql.type(none)`set local max_parallel_workers_per_gather = 0`)
    await allowLongReads(tx)
    return read(tx)
  })
}
