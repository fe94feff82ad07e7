/** A page of events out of the read model, oldest first. */
import { sql, type CommonQueryMethods, type FragmentSqlToken } from 'slonik'
import { z } from 'zod'
import type { EventPage, EventsAsked } from '../../contracts/read-model.ts'

/** Slonik hands timestamps out as epoch ms. */
const rowShape = z.object({
  event_id: z.string(),
  event_type: z.string(),
  poll_id: z.string(),
  event_time: z.number(),
  batch_id: z.string().nullable(),
  message: z.string(),
})
const dataShape = z.object({ data: z.unknown() })
const placeShape = z.tuple([z.iso.datetime(), z.string().min(1)])

/** Where a page ends: the time and id of its last event, which are the same after every rebuild. */
const encodePlace = (time: string, id: string) =>
  Buffer.from(JSON.stringify([time, id])).toString('base64url')

/** Null: it never was the end of a page. */
export function decodePlace(after: string): readonly [time: string, id: string] | null {
  try {
    const read = placeShape.safeParse(JSON.parse(Buffer.from(after, 'base64url').toString()))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** Of these polls alone. */
export async function readEvents(
  db: CommonQueryMethods,
  pollIds: readonly string[],
  asked: Omit<EventsAsked, 'poll' | 'after' | 'at'>,
  after: readonly [time: string, id: string] | null,
): Promise<EventPage> {
  const { type, from, to, batchId, first } = asked
  const [onlyPoll] = pollIds
  const wanted: FragmentSqlToken[] = [
    pollIds.length === 1 && onlyPoll !== undefined
      ? sql.fragment`poll_id = ${onlyPoll}`
      : sql.fragment`poll_id = any(${sql.array([...pollIds], 'uuid')})`,
  ]
  if (type !== undefined) wanted.push(sql.fragment`event_type = ${type}`)
  if (from !== undefined) wanted.push(sql.fragment`event_time >= ${from}::timestamptz`)
  if (to !== undefined) wanted.push(sql.fragment`event_time < ${to}::timestamptz`)
  if (batchId !== undefined) wanted.push(sql.fragment`batch_id = ${batchId}::uuid`)
  if (after !== null) {
    const [time, id] = after
    wanted.push(sql.fragment`(event_time, event_id collate "C") > (${time}::timestamptz, ${id})`)
  }
  const rows = await db.any(sql.type(rowShape)`
    select event_id, event_type, poll_id, event_time, batch_id, message
    from events where ${sql.join(wanted, sql.fragment` and `)}
    order by event_time, event_id collate "C" limit ${first + 1}`)
  const page = rows.slice(0, first)
  const last = page.at(-1)
  const iso = (ms: number) => new Date(ms).toISOString()
  return {
    events: page.map((row) => ({
      ...{ id: row.event_id, type: row.event_type, pollId: row.poll_id, batchId: row.batch_id },
      time: iso(row.event_time),
      data: dataShape.parse(JSON.parse(row.message)).data,
    })),
    nextAfter:
      last === undefined || rows.length <= first ? null : encodePlace(iso(last.event_time), last.event_id),
  }
}
