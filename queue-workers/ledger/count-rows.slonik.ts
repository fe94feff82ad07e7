/** Counts the rows of `votes` by what they choose. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

const rowsShape = z.object({ pollNo: z.number(), boxNo: z.number(), optionNo: z.number(), votes: z.number() })

/** Of these polls; a choice that nobody made is left out. */
export function countRows(
  db: CommonQueryMethods,
  pollNos: readonly number[],
): Promise<readonly z.infer<typeof rowsShape>[]> {
  return db.any(sql.type(rowsShape)`
    select poll_no as "pollNo", box_no::int as "boxNo", option_no::int as "optionNo", count(*) as votes
    from votes where poll_no = any(${sql.array([...pollNos], 'int4')})
    group by 1, 2, 3`)
}
