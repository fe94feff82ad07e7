/** The polls that are to be certified, and what is noted of each on its way. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'

/** secondsOver: for how long nobody may vote any more, by Postgres' clock. */
const countingShape = z.object({
  pollNo: z.number(),
  pollId: z.string(),
  rulesVersion: z.number(),
  hashTags: z.number(),
  secondsOver: z.number(),
  admitted: z.number().nullable(),
  lastBatches: z.record(z.string(), z.number()).nullable(),
  missing: z.array(z.string()),
})
const none = z.object({})
const mirrorShape = z.object({ lane: z.number(), epoch: z.string(), beat: z.number() })

export type CountingPoll = z.infer<typeof countingShape>

const counting = sql.fragment`
  select p.poll_no as "pollNo", p.poll_id as "pollId", p.rules_version as "rulesVersion",
    p.hash_tags as "hashTags",
    extract(epoch from clock_timestamp() - p.closes_at - p.grace_ms * interval '1 ms')::float8 as "secondsOver",
    c.admitted, c.frozen_runs as "lastBatches", c.missing
  from polls p join certifications c using (poll_no)
  where p.state = 'counting'`

export function countingPolls(db: CommonQueryMethods): Promise<readonly CountingPoll[]> {
  return db.any(sql.type(countingShape)`${counting} order by c.asked_at`)
}

/** Null where it is being certified no more. */
export function countingPoll(db: CommonQueryMethods, pollNo: number): Promise<CountingPoll | null> {
  return db.maybeOne(sql.type(countingShape)`${counting} and p.poll_no = ${pollNo}`)
}

/** Of each lane. */
export async function mirroredMemory(
  db: CommonQueryMethods,
): Promise<ReadonlyMap<number, z.infer<typeof mirrorShape>>> {
  const rows = await db.any(sql.type(mirrorShape)`select lane, epoch, beat from redis_memory`)
  return new Map(rows.map((row) => [row.lane, row]))
}

/** Once: what another certifier has frozen stands. */
export async function freeze(
  db: CommonQueryMethods,
  pollNo: number,
  { votes, lastBatches }: { readonly votes: number; readonly lastBatches: Readonly<Record<string, number>> },
): Promise<void> {
  await db.query(sql.type(none)`
    update certifications
    set admitted = ${votes}, frozen_at = clock_timestamp(), frozen_runs = ${JSON.stringify(lastBatches)}::jsonb
    where poll_no = ${pollNo} and admitted is null`)
}

export async function noteMissing(
  db: CommonQueryMethods,
  pollNo: number,
  received: number | null,
  missing: readonly string[],
): Promise<void> {
  await db.query(sql.type(none)`
    update certifications set received = coalesce(${received}, received),
      missing = ${JSON.stringify(missing)}::jsonb, looked_at = clock_timestamp()
    where poll_no = ${pollNo} and certified_at is null`)
}

/** The poll and its certification, in the transaction of the anchor that certifies it. Answers false where it is over. */
export async function noteCertified(
  tx: CommonQueryMethods,
  pollNo: number,
  { received, certifiedAt }: { readonly received: number; readonly certifiedAt: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(none)`
    update polls set state = 'certified', version = version + 1, updated_at = now()
    where poll_no = ${pollNo} and state = 'counting'`)
  if (rowCount !== 1) return false
  await tx.query(sql.type(none)`
    update certifications set received = ${received}, missing = '[]', looked_at = clock_timestamp(),
      certified_at = ${certifiedAt}::timestamptz
    where poll_no = ${pollNo}`)
  return true
}
