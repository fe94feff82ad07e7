/** Reads of the jobs that nobody could read how many there are, and of which polls as far as that can be told. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

const unreadableShape = z.object({ pollNos: z.array(z.coerce.number()) })

/** One entry for each job; empty where not even its polls can be told. */
export async function unreadableJobs(db: CommonQueryMethods): Promise<readonly (readonly number[])[]> {
  const rows = await db.any(sql.type(unreadableShape)`
    select coalesce(string_to_array(substring(content from '"polls":\\[([0-9]{1,9}(?:,[0-9]{1,9})*)\\]'), ','), '{}')
      as "pollNos" from unreadable_jobs`)
  return rows.map(({ pollNos }) => pollNos)
}
