/** Lets a transaction read all votes of a poll: 100 million take minutes. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

/** Until the end of the transaction. */
export async function allowLongReads(tx: CommonQueryMethods): Promise<void> {
  await tx.query(sql.type(z.object({}))`set local statement_timeout = '15min'`)
}
