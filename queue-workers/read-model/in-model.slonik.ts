/** Work on one schema of the read model, in one transaction, while nobody switches it. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'

const none = z.object({})
const foundShape = z.object({ found: z.boolean() })

/** The one that is shown and kept up to date. */
export const liveSchema = 'model'
/** One that is being rebuilt from the start. */
export const nextSchema = 'model_next'

/** The state of a moment, as `npm run replay -- --at` leaves it. */
export const schemaAt = (at: Date): string => `at_${at.toISOString().replaceAll(/[-:.]/g, '').toLowerCase()}`

/**
 * A rebuild that is done waits for those who write (`share row exclusive` against their `row exclusive`), catches up with
 * them, and then for those who read (`access exclusive`). The lock comes before the first look, so that nothing is seen
 * of what was there before it was waited for.
 */
export function readInModel<T>(
  pool: DatabasePool,
  schema: string,
  read: (tx: CommonQueryMethods) => Promise<T>,
): Promise<T> {
  return pool.transaction(async (tx) => {
    await tx.query(sql.type(none)`set transaction isolation level repeatable read, read only`)
    await tx.query(sql.type(none)`lock table public.model_lock in access share mode`)
    await tx.query(sql.type(none)`set local search_path to ${sql.identifier([schema])}`)
    return read(tx)
  })
}

/** A rebuild that is not shown yet is nobody else's: it needs no lock. */
export function writeInModel<T>(
  pool: DatabasePool,
  schema: string,
  write: (tx: CommonQueryMethods) => Promise<T>,
): Promise<T> {
  return pool.transaction(async (tx) => {
    if (schema === liveSchema) {
      await tx.query(sql.type(none)`lock table public.model_lock in row exclusive mode`)
    }
    await tx.query(sql.type(none)`set local search_path to ${sql.identifier([schema])}`)
    return write(tx)
  })
}

/** Whether there is such a state. */
export async function hasSchema(db: CommonQueryMethods, schema: string): Promise<boolean> {
  const { found } = await db.one(sql.type(foundShape)`
    select exists (select from pg_namespace where nspname = ${schema}) as found`)
  return found
}
