/** The jobs of which not even the votes could be told apart: kept for a person to look at. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'

const none = z.object({})
const countShape = z.object({ jobs: z.number() })

export interface UnreadableJob {
  readonly jobId: string
  /** The job's data as it came, as text. */
  readonly content: string
  readonly why: string
}

// What Postgres takes for text holds none.
const zero = new RegExp(String.fromCharCode(0), 'g')
const asText = (text: string) => text.toWellFormed().replace(zero, '\\u0000')

/** Keeps it; one that is kept already stays as it is. */
export async function keepUnreadableJob(pool: DatabasePool, job: UnreadableJob): Promise<void> {
  const { jobId, content, why } = job
  await pool.query(sql.type(none)`
    insert into unreadable_jobs (job_id, content, why)
    values (${asText(jobId)}, ${asText(content)}, ${asText(why)}) on conflict (job_id) do nothing`)
}

/** How many are kept. */
export async function unreadableJobs(pool: DatabasePool): Promise<number> {
  const { jobs } = await pool.one(sql.type(countShape)`select count(*)::int as jobs from unreadable_jobs`)
  return jobs
}
