/** Applies a batch of a partition exactly once: events, what they change, and how far we are, in one transaction. */
import { InvalidInputError, sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { crashPoint } from '../../runtime/crash-point.ts'
import { writeInModel } from './in-model.slonik.ts'
import {
  inOneLine,
  readBatch,
  type Message,
  type ReadBatch,
  type ReadEvent,
  type Unreadable,
} from './read-batch.ts'

/** from: where it begins, to: where the next one will. The messages lie in between; gaps are no fault of theirs. */
export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
  readonly messages: readonly Message[]
}

export interface Applied {
  readonly events: number
  readonly repeats: number
  readonly unreadable: number
}

const none = z.object({})
const offsetShape = z.object({ next_offset: z.number() })
const idShape = z.object({ event_id: z.string() })

// Each takes seven places of the 65,535 that a statement has.
const eventsPerStatement = 1_000

/** Null: the partition was applied to another point than where this batch begins: somebody else has it now. */
export async function applyBatch(
  pool: DatabasePool,
  schema: string,
  batch: PartitionBatch,
  untilMs: number | null = null,
): Promise<Applied | null> {
  const { messages, from, to } = batch
  try {
    return await applyOnce(pool, schema, batch, readBatch(messages, untilMs))
  } catch (error) {
    if (!isOfData(error) || messages.length === 0) throw error
    const [only] = messages
    if (only !== undefined && messages.length === 1) {
      const unreadable = [{ message: only, why: inOneLine(error) }]
      return applyOnce(pool, schema, batch, { events: [], gatherings: [], unreadable })
    }
    // One that the database refuses must not hold up the others: it is looked for by halves.
    const half = messages.length >> 1
    const middle = messages[half]?.offset ?? to
    const parts = [
      { ...batch, from, to: middle, messages: messages.slice(0, half) },
      { ...batch, from: middle, to, messages: messages.slice(half) },
    ]
    const sum = { events: 0, repeats: 0, unreadable: 0 }
    for (const part of parts) {
      const applied = await applyBatch(pool, schema, part, untilMs)
      if (applied === null) return null
      sum.events += applied.events
      sum.repeats += applied.repeats
      sum.unreadable += applied.unreadable
    }
    return sum
  }
}

async function applyOnce(
  pool: DatabasePool,
  schema: string,
  batch: PartitionBatch,
  read: ReadBatch,
): Promise<Applied | null> {
  const applied = await writeInModel(pool, schema, async (tx) => {
    if (!(await moveOffset(tx, batch))) return null
    const events = await applyEvents(tx, read)
    await keepUnreadable(tx, batch, read.unreadable)
    crashPoint('read-model.applied')
    return { events, repeats: read.events.length - events, unreadable: read.unreadable.length }
  })
  crashPoint('read-model.committed')
  return applied
}

/** The fence: the row is locked by it, so a second one with the same batch waits, and then finds it moved. */
async function moveOffset(tx: CommonQueryMethods, its: PartitionBatch): Promise<boolean> {
  const moved = await tx.maybeOne(sql.type(offsetShape)`
    update topic_offsets set next_offset = ${its.to}
    where topic = ${its.topic} and partition = ${its.partition} and next_offset = ${its.from}
    returning next_offset`)
  return moved !== null
}

/** Keeps the events that were never here, and does what belongs to them; answers how many these are. */
export async function applyEvents(
  tx: CommonQueryMethods,
  { events, gatherings }: ReadBatch,
): Promise<number> {
  const fresh = new Set<string>()
  for (let at = 0; at < events.length; at += eventsPerStatement) {
    const rows = events.slice(at, at + eventsPerStatement).map(rowOf)
    const kept = await tx.any(sql.type(idShape)`
      insert into events (event_id, event_type, poll_id, event_time, batch_id, counted, message)
      values ${sql.join(rows, sql.fragment`, `)}
      on conflict (event_id) do nothing returning event_id`)
    for (const { event_id: id } of kept) fresh.add(id)
  }
  if (fresh.size > 0) for (const gathering of gatherings) await gathering.apply(tx, (id) => fresh.has(id))
  return fresh.size
}

const rowOf = ({ id, type, pollId, time, batchId, counted, message }: ReadEvent) =>
  sql.fragment`(${id}, ${type}, ${pollId}, ${time}::timestamptz, ${batchId}::uuid, ${counted}::int, ${message})`

async function keepUnreadable(
  tx: CommonQueryMethods,
  { topic, partition }: PartitionBatch,
  all: readonly Unreadable[],
): Promise<void> {
  for (const { message, why } of all) {
    await tx.query(sql.type(none)`
      insert into unreadable_events (topic, partition, message_offset, message, why)
      values (${topic}, ${partition}, ${message.offset}, ${sql.binary(message.value ?? Buffer.alloc(0))}, ${why})
      on conflict do nothing`)
  }
}

/** Where a partition was applied to; `first` where it never was, which is kept then. */
export function offsetOf(
  pool: DatabasePool,
  schema: string,
  topic: string,
  partition: number,
  first: number,
): Promise<number> {
  return writeInModel(pool, schema, async (tx) => {
    await tx.query(sql.type(none)`
      insert into topic_offsets (topic, partition, next_offset) values (${topic}, ${partition}, ${first})
      on conflict do nothing`)
    const { next_offset: offset } = await tx.one(sql.type(offsetShape)`
      select next_offset from topic_offsets where topic = ${topic} and partition = ${partition}`)
    return offset
  })
}

/** SQLSTATE 22 (data) and 23 (a rule of a table): the same data would fail again. */
function isOfData(error: unknown): boolean {
  // Slonik keeps no code of this one.
  if (error instanceof InvalidInputError) return true
  for (let fault: unknown = error; fault instanceof Error; fault = fault.cause) {
    const code: unknown = Reflect.get(fault, 'code')
    if (typeof code === 'string' && /^2[23]...$/.test(code)) return true
  }
  return false
}
