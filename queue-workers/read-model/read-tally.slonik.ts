/** A poll's tally out of the read model. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { eventTypes, topics } from '../../contracts/events.ts'
import type { Poll } from '../../contracts/poll.ts'
import type { ModelTally } from '../../contracts/read-model.ts'

const countShape = z.object({ box_id: z.string(), option_id: z.string(), votes: z.number() })
const progressShape = z.object({ batches: z.number(), as_of: z.number() })
const youngShape = z.object({ batches: z.number(), votes: z.number() })
const offsetShape = z.object({ partition: z.number(), next_offset: z.number() })

/** The options and boxes of the poll in its order, also those without votes. */
export async function readTally(
  db: CommonQueryMethods,
  poll: Pick<Poll, 'pollId' | 'options' | 'boxes'>,
): Promise<ModelTally> {
  const { pollId } = poll
  const progress = await db.maybeOne(sql.type(progressShape)`
    select batches, as_of from poll_progress where poll_id = ${pollId}`)
  const rows = await db.any(sql.type(countShape)`
    select box_id, option_id, votes from option_counts where poll_id = ${pollId}`)
  const votesIn = (boxId: string | null, optionId: string | null) =>
    rows
      .filter((row) => (boxId ?? row.box_id) === row.box_id && (optionId ?? row.option_id) === row.option_id)
      .reduce((sum, { votes }) => sum + votes, 0)
  const optionsIn = (boxId: string | null) =>
    poll.options.map(({ optionId }) => ({ optionId, votes: votesIn(boxId, optionId) }))
  return {
    pollId,
    asOf: progress === null ? null : new Date(progress.as_of).toISOString(),
    batches: progress?.batches ?? 0,
    total: votesIn(null, null),
    options: optionsIn(null),
    boxes: poll.boxes.map(({ boxId }) => ({ boxId, total: votesIn(boxId, null), options: optionsIn(boxId) })),
  }
}

/** A tally without the rows that were stored after `storedUpTo` (ISO 8601): they are few where that is lately. */
export async function readUpTo(
  db: CommonQueryMethods,
  { pollId, batches, total }: Pick<ModelTally, 'pollId' | 'batches' | 'total'>,
  storedUpTo: string,
): Promise<NonNullable<ModelTally['upTo']>> {
  const young = await db.one(sql.type(youngShape)`
    select count(*) as batches, coalesce(sum(counted), 0)::bigint as votes from events
    where poll_id = ${pollId} and event_time > ${storedUpTo}::timestamptz
      and event_type = ${eventTypes.votesRecorded}`)
  const offsets = await db.any(sql.type(offsetShape)`
    select partition, next_offset from topic_offsets where topic = ${topics.votes.topic}`)
  return {
    batches: batches - young.batches,
    total: total - young.votes,
    offsets: Object.fromEntries(offsets.map((its) => [String(its.partition), its.next_offset])),
  }
}
