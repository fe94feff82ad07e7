/** Moves what Postgres has and Kafka lacks to Kafka, and marks it: at least once, whoever dies where. */
import type { CommonQueryMethods, DatabasePool } from 'slonik'
import { topics, tallyChangedMessage, votesRecordedMessage } from '../../contracts/events.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { publicTally } from './named-tallies.slonik.ts'
import type { KafkaMessage } from './send-events.kafka.ts'
import { markEvents, markRows, onlyOne, takeEvents, takeRows, type UnemittedRow } from './unemitted.slonik.ts'

const rowsPerSend = 256
// A topic takes 8 MB in one send; a row of a full group may have 50 kB.
const bytesPerSend = 4_000_000
const eventsPerSend = 100

type Send = (topic: string, messages: readonly KafkaMessage[]) => Promise<void>

/**
 * Sends the oldest unemitted rows; answers their polls, and whether more than these wait. The rows stay locked while
 * they are sent, so that two publishers take different ones; if this one dies, its locks go with its connection and
 * another sends them again, under the same id.
 */
export function publishRows(
  pool: DatabasePool,
  send: Send,
): Promise<{ readonly polls: readonly (string | null)[]; readonly more: boolean }> {
  return pool.transaction(async (tx) => {
    const taken = await takeRows(tx, rowsPerSend)
    const rows = upTo(bytesPerSend, taken)
    const more = taken.length === rowsPerSend || rows.length < taken.length
    if (rows.length === 0) return { polls: [], more }
    const messages = rows.map(({ batch_id: batchId, poll_id: pollId, stored_at: storedAt, ...row }) => ({
      key: pollId ?? batchId,
      value: votesRecordedMessage({ ...row, batchId, pollId: pollId ?? '', storedAt: new Date(storedAt) }),
    }))
    await send(topics.votes.topic, messages)
    crashPoint('publish.sent')
    await markRows(tx, rows)
    return { polls: rows.map((row) => row.poll_id), more }
  })
}

/** The first rows, as many as go into one send, and always one. */
function upTo(bytes: number, rows: readonly UnemittedRow[]): readonly UnemittedRow[] {
  let sum = 0
  const end = rows.findIndex(({ content }, i) => (sum += content.length) > bytes && i > 0)
  return end < 0 ? rows : rows.slice(0, end)
}

/**
 * Sends what happened to polls, in order; answers whether there may be more. Any of it may have let the counts be seen
 * by everyone (a close, a reveal, another rule): the newest tally goes with it, before it is marked as sent.
 */
export function publishPollEvents(pool: DatabasePool, send: Send): Promise<boolean> {
  return pool.transaction(async (tx) => {
    if (!(await onlyOne(tx))) return false
    const events = await takeEvents(tx, eventsPerSend)
    if (events.length === 0) return false
    const messages = events.map(({ poll_id: key, message: value }) => ({ key, value }))
    await send(topics.polls.topic, messages)
    await sendTallies(tx, send, new Set(events.map((event) => event.poll_id)))
    await markEvents(
      tx,
      events.map((event) => event.event_no),
    )
    return events.length === eventsPerSend
  })
}

/** Sends those of these polls' tallies that everyone may see; answers false where another publisher speaks just now. */
export function publishTallies(pool: DatabasePool, send: Send, pollIds: readonly string[]): Promise<boolean> {
  return pool.transaction(async (tx) => {
    if (!(await onlyOne(tx))) return false
    await sendTallies(tx, send, pollIds)
    return true
  })
}

async function sendTallies(tx: CommonQueryMethods, send: Send, pollIds: Iterable<string>): Promise<void> {
  const messages: KafkaMessage[] = []
  for (const pollId of pollIds) {
    const tally = await publicTally(tx, pollId)
    if (tally?.asOf != null) messages.push({ key: pollId, value: tallyChangedMessage(tally, tally.asOf) })
  }
  if (messages.length > 0) await send(topics.tallies.topic, messages)
}
