/** The statements that make and change a poll, each to be run inside a transaction. */
import { sql, type CommonQueryMethods, type DatabaseTransactionConnection } from 'slonik'
import { z } from 'zod'
import { pollChangedMessage, pollDeletedMessage, type PollChange } from '../../contracts/events.ts'
import { publicPoll, type BallotBox, type CreatePoll, type PollRecord } from '../../contracts/poll.ts'
import type { NamedOption } from './name-options.ts'
import { readPoll, recordOf, type StoredPoll } from './poll-rows.slonik.ts'

const noShape = z.object({ poll_no: z.number() })
const slugShape = z.object({ slug: z.string() })
const none = z.object({})
const msOf = (iso: string | null) => (iso === null ? null : Date.parse(iso))
const time = (ms: number | null) => (ms === null ? null : sql.fragment`to_timestamp(${ms / 1000})`)

// As it is while the poll becomes what it is: no process says it, since one may have been started with another number.
const tagsOfHouse = sql.fragment`(select hash_tags from house_lanes)`

/** Makes the poll, its options and boxes, and the place of its votes. */
export async function insertPoll(
  tx: DatabaseTransactionConnection,
  poll: Pick<CreatePoll, 'question' | 'description' | 'visibility' | 'timeZone' | 'isRehearsal'> & {
    readonly pollId: string
    readonly round: number
    readonly previousPollId: string | null
    readonly slug: string
    readonly opensAtMs: number | null
    readonly closesAtMs: number | null
    readonly options: readonly NamedOption[]
    readonly boxes: readonly BallotBox[]
  },
): Promise<void> {
  const state = poll.opensAtMs === null ? 'draft' : 'scheduled'
  const { poll_no: pollNo } = await tx.one(sql.type(noShape)`
    insert into polls (poll_id, slug, question, description, state, opens_at, closes_at, visibility, time_zone,
      is_rehearsal, round, previous_poll_id, hash_tags)
    values (${poll.pollId}, ${poll.slug}, ${poll.question}, ${poll.description}, ${state},
      ${time(poll.opensAtMs)}, ${time(poll.closesAtMs)}, ${poll.visibility}, ${poll.timeZone},
      ${poll.isRehearsal}, ${poll.round}, ${poll.previousPollId}, ${tagsOfHouse})
    returning poll_no`)
  await insertOptions(tx, pollNo, poll.options)
  await insertBoxes(tx, pollNo, poll.boxes)
  await tx.query(sql.type(none)`select create_votes_partition(${pollNo})`)
}

async function insertOptions(
  tx: CommonQueryMethods,
  pollNo: number,
  options: readonly NamedOption[],
): Promise<void> {
  const rows = options.map((option, no) => [
    pollNo,
    no,
    option.optionId,
    option.text,
    option.colour ?? null,
    option.pictureUrl ?? null,
  ])
  await tx.query(sql.type(none)`
    insert into poll_options (poll_no, option_no, option_id, option_text, colour, picture_url)
    select * from ${sql.unnest(rows, ['int4', 'int2', 'text', 'text', 'text', 'text'])}`)
}

async function insertBoxes(
  tx: CommonQueryMethods,
  pollNo: number,
  boxes: readonly BallotBox[],
): Promise<void> {
  const rows = boxes.map(({ boxId, voters, limit, weight }, no) => [
    ...[pollNo, no, boxId, voters],
    ...[limit?.votes ?? null, limit?.perSeconds ?? null, weight],
  ])
  await tx.query(sql.type(none)`
    insert into ballot_boxes (poll_no, box_no, box_id, voters, limit_votes, limit_per_seconds, weight)
    select * from ${sql.unnest(rows, ['int4', 'int2', 'text', 'text', 'int4', 'int4', 'int4'])}`)
}

export async function replaceBoxes(
  tx: CommonQueryMethods,
  pollNo: number,
  boxes: readonly BallotBox[],
): Promise<void> {
  await tx.query(sql.type(none)`delete from ballot_boxes where poll_no = ${pollNo}`)
  await insertBoxes(tx, pollNo, boxes)
}

export async function replaceOptions(
  tx: CommonQueryMethods,
  pollNo: number,
  options: readonly NamedOption[],
): Promise<void> {
  await tx.query(sql.type(none)`delete from poll_options where poll_no = ${pollNo}`)
  await insertOptions(tx, pollNo, options)
}

/** Writes the poll's texts, state and times as they now are. */
export async function updatePollRow(
  tx: CommonQueryMethods,
  poll: PollRecord,
  otherRules: boolean,
): Promise<void> {
  await tx.query(sql.type(none)`
    update polls set slug = ${poll.slug}, question = ${poll.question}, description = ${poll.description},
      state = ${poll.state}, opens_at = ${time(poll.opensAtMs)}, closes_at = ${time(poll.closesAtMs)},
      grace_ms = ${poll.graceMs}, visibility = ${poll.visibility}, time_zone = ${poll.timeZone},
      hash_tags = case when state = 'draft' then ${tagsOfHouse} else hash_tags end,
      revealed_at = ${time(msOf(poll.revealedAt))}, archived_at = ${time(msOf(poll.archivedAt))},
      ever_opened = ever_opened or ${poll.state !== 'draft' && poll.state !== 'scheduled'},
      version = version + 1, rules_version = rules_version + ${otherRules ? 1 : 0}, updated_at = now()
    where poll_id = ${poll.pollId}`)
}

/** The poll as it now stands, its event stored with it: Kafka hears of it later, and of nothing that did not happen. */
export async function noted(
  tx: DatabaseTransactionConnection,
  pollId: string,
  change: PollChange,
): Promise<StoredPoll> {
  const poll = await readPoll(tx, pollId)
  if (poll === null) throw new Error(`poll ${pollId} vanished inside its own transaction`)
  await insertPollEvents(tx, [[poll, change]])
  return poll
}

export async function insertPollEvents(
  tx: CommonQueryMethods,
  changes: readonly (readonly [StoredPoll, PollChange])[],
): Promise<void> {
  const at = new Date()
  await insertEvents(
    tx,
    changes.map(([poll, change]) => [
      poll.pollId,
      pollChangedMessage(publicPoll(recordOf(poll)), change, at),
    ]),
  )
}

async function insertEvents(tx: CommonQueryMethods, events: readonly [string, Buffer][]): Promise<void> {
  await tx.query(sql.type(none)`
    insert into poll_events (poll_id, message)
    select * from ${sql.unnest(events, ['uuid', 'bytea'])}`)
}

/** Whether there is such a poll, or was: what one that is gone left on Redis and Kafka is no other's. */
export const wasEver = (db: CommonQueryMethods, pollId: string): Promise<boolean> =>
  db.exists(sql.type(none)`select from poll_events where poll_id = ${pollId}`)

/** The addresses that begin so: letters, digits and hyphens, none of which `like` takes for more. */
export async function slugsLike(db: CommonQueryMethods, beginning: string): Promise<readonly string[]> {
  return db.anyFirst(sql.type(slugShape)`select slug from polls where slug like ${`${beginning}%`}`)
}

/** Whether anything was ever received for the poll. */
export async function hasLedgerRows(tx: CommonQueryMethods, pollNo: number): Promise<boolean> {
  return tx.exists(sql.type(none)`select from ledger where poll_no = ${pollNo}`)
}

/** From then on the role certify looks at it. */
export async function insertCertification(tx: CommonQueryMethods, pollNo: number): Promise<void> {
  await tx.query(sql.type(none)`insert into certifications (poll_no) values (${pollNo})`)
}

/** Removes a poll in which nobody voted, with the empty place of its votes. */
export async function deletePollRows(tx: CommonQueryMethods, poll: PollRecord): Promise<void> {
  await tx.query(sql.type(none)`delete from polls where poll_no = ${poll.pollNo}`)
  await tx.query(sql.type(none)`drop table ${sql.identifier([`votes_${poll.pollNo}`])}`)
  await insertEvents(tx, [[poll.pollId, pollDeletedMessage(poll.pollId, poll.version + 1, new Date())]])
}
