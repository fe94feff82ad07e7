/** Runs reads of Postgres that all see one moment. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'

export function inSnapshot<T>(pool: DatabasePool, read: (tx: CommonQueryMethods) => Promise<T>): Promise<T> {
  return pool.transaction(async (tx) => {
    await tx.query(sql.type(z.object({}))`set transaction isolation level repeatable read, read only`)
    return read(tx)
  })
}
