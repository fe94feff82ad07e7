/** Reads polls from Postgres as the records that our processes share. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { pollStateShape, visibilities, type PollRecord } from '../../contracts/poll.ts'

/** Slonik hands timestamps out as epoch ms. */
const rowShape = z.object({
  poll_no: z.number(),
  poll_id: z.string(),
  slug: z.string(),
  question: z.string(),
  description: z.string(),
  state: pollStateShape,
  opens_at: z.number().nullable(),
  closes_at: z.number().nullable(),
  grace_ms: z.number(),
  version: z.number(),
  rules_version: z.number(),
  key_version: z.number(),
  hash_tags: z.number(),
  ever_opened: z.boolean(),
  time_zone: z.string(),
  visibility: z.enum(visibilities),
  revealed_at: z.number().nullable(),
  is_rehearsal: z.boolean(),
  archived_at: z.number().nullable(),
  round: z.number(),
  previous_poll_id: z.string().nullable(),
  options: z.array(
    z.object({
      optionId: z.string(),
      text: z.string(),
      colour: z.string().nullable(),
      pictureUrl: z.string().nullable(),
    }),
  ),
  boxes: z.array(
    z.object({
      boxId: z.string(),
      voters: z.enum(['device', 'verified']),
      limit: z.object({ votes: z.number(), perSeconds: z.number().nullable() }).nullable(),
      weight: z.number(),
    }),
  ),
})

/** A poll and what only its commands ask for. */
export type StoredPoll = PollRecord & { readonly everOpened: boolean }

/** What others may hear of it. */
export function recordOf({ everOpened, ...record }: StoredPoll): PollRecord {
  return record
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function toRecord(row: z.infer<typeof rowShape>): StoredPoll {
  return {
    pollId: row.poll_id,
    slug: row.slug,
    question: row.question,
    description: row.description,
    state: row.state,
    opensAt: iso(row.opens_at),
    closesAt: iso(row.closes_at),
    options: row.options,
    boxes: row.boxes,
    graceMs: row.grace_ms,
    timeZone: row.time_zone,
    visibility: row.visibility,
    revealedAt: iso(row.revealed_at),
    isRehearsal: row.is_rehearsal,
    archivedAt: iso(row.archived_at),
    round: row.round,
    previousPollId: row.previous_poll_id,
    version: row.version,
    pollNo: row.poll_no,
    rulesVersion: row.rules_version,
    keyVersion: row.key_version,
    hashTags: row.hash_tags,
    opensAtMs: row.opens_at,
    closesAtMs: row.closes_at,
    everOpened: row.ever_opened,
  }
}

const wholePoll = sql.fragment`
  select p.poll_no, p.poll_id, p.slug, p.question, p.description, p.state, p.opens_at, p.closes_at, p.grace_ms,
    p.version, p.rules_version, p.key_version, p.hash_tags, p.ever_opened, p.time_zone, p.visibility, p.revealed_at,
    p.is_rehearsal, p.archived_at, p.round, p.previous_poll_id,
    (select coalesce(json_agg(json_build_object('optionId', option_id, 'text', option_text, 'colour', colour,
        'pictureUrl', picture_url) order by option_no), '[]')
      from poll_options o where o.poll_no = p.poll_no) as options,
    (select coalesce(json_agg(json_build_object('boxId', box_id, 'voters', voters, 'weight', weight,
        'limit', case when limit_votes is null then null
          else json_build_object('votes', limit_votes, 'perSeconds', limit_per_seconds) end) order by box_no), '[]')
      from ballot_boxes b where b.poll_no = p.poll_no) as boxes
  from polls p`

export async function readPolls(db: CommonQueryMethods): Promise<readonly StoredPoll[]> {
  const rows = await db.any(sql.type(rowShape)`${wholePoll} order by p.poll_no`)
  return rows.map(toRecord)
}

/** In the order in which they were made. */
export async function readPollsOf(
  db: CommonQueryMethods,
  pollIds: readonly string[],
): Promise<readonly StoredPoll[]> {
  const rows = await db.any(sql.type(rowShape)`
    ${wholePoll} where p.poll_id = any(${sql.array(pollIds, 'uuid')}) order by p.poll_no`)
  return rows.map(toRecord)
}

export async function readPoll(db: CommonQueryMethods, pollId: string): Promise<StoredPoll | null> {
  const row = await db.maybeOne(sql.type(rowShape)`${wholePoll} where p.poll_id = ${pollId}`)
  return row === null ? null : toRecord(row)
}

/** Keeps the poll as it is until the transaction ends. */
export async function lockPoll(db: CommonQueryMethods, pollId: string): Promise<StoredPoll | null> {
  const row = await db.maybeOne(sql.type(rowShape)`${wholePoll} where p.poll_id = ${pollId} for update of p`)
  return row === null ? null : toRecord(row)
}
