/** Reads the topic of votes back from its beginning, and goes on reading. */
import { Kafka, logLevel, type EachBatchPayload, type LogEntry } from 'kafkajs'
import { v7 as uuidv7 } from 'uuid'
import { topics } from '../../contracts/events.ts'
import type { Log } from '../../runtime/log.ts'
import { repeat, rest } from '../../runtime/rest.ts'
import { calmKafkajs } from '../publish/calm-kafkajs.kafka.ts'
import { eventCounts } from './event-counts.ts'
import type { SeenEvents } from './seen-events.ts'

const openAgainAfterMs = 1_000
// What hangs may hang there, too.
const closeWithinMs = 5_000

/** Partition -> the offset behind its last message. */
export type Ends = ReadonlyMap<number, number>

export interface EventReader extends AsyncDisposable {
  /** Where the topic ends now. Rejects while Kafka does not answer. */
  readonly ends: () => Promise<Ends>
  /** Whether all up to there was read. */
  readonly isAt: (ends: Ends) => boolean
  /** How many times anything was read. */
  readonly timesRead: () => number
  /** Gives up the consumer, which hangs, and reads by a new one from the beginning. */
  readonly reopen: () => void
}

/** A group of its own that commits nothing: whoever reconciles next begins at the beginning. */
export function readEventsBack(brokers: readonly string[], seen: SeenEvents, log: Log): EventReader {
  calmKafkajs()
  const kafka = new Kafka({
    clientId: 'urna-reconcile',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 1_000 },
    logLevel: logLevel.ERROR,
    logCreator: () => (entry: LogEntry) => log.debug({ kafka: entry.log.message }, 'kafkajs'),
  })
  const { topic } = topics.votes
  const positions = new Map<number, number>()
  let timesRead = 0
  let giveUp = () => {}

  async function readBatch({ batch }: Pick<EachBatchPayload, 'batch'>): Promise<void> {
    for (const { key, value } of batch.messages) {
      if (value === null || !seen.wants(String(key))) continue
      const event = eventCounts(value)
      if (event !== null) seen.add(event)
    }
    timesRead++
    const next = Number(batch.lastOffset()) + 1
    positions.set(batch.partition, Math.max(positions.get(batch.partition) ?? 0, next))
  }

  /** Ends when the consumer can do no more, or we are stopping. */
  async function read(signal: AbortSignal): Promise<void> {
    const consumer = kafka.consumer({
      groupId: `urna-reconcile-${uuidv7()}`,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 1_000,
    })
    const run = async () => {
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      const over = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          if (!payload.restart) resolve()
        })
      })
      await consumer.run({ autoCommit: false, eachBatch: readBatch })
      if (!signal.aborted) await over
    }
    const givenUp = new Promise<void>((resolve) => (giveUp = resolve))
    try {
      await Promise.race([run(), givenUp])
    } finally {
      const closing = consumer.disconnect().catch(() => undefined)
      await Promise.race([closing, rest(closeWithinMs)])
    }
  }

  const reading = repeat(openAgainAfterMs, read, (error) =>
    log.debug({ err: error }, 'could not read the events back'),
  )
  const admin = kafka.admin()
  return {
    async ends() {
      await admin.connect()
      const offsets = await admin.fetchTopicOffsets(topic)
      return new Map(
        offsets
          .filter(({ low, high }) => Number(high) > Number(low))
          .map(({ partition, high }) => [partition, Number(high)]),
      )
    },
    isAt: (ends) => [...ends].every(([partition, end]) => (positions.get(partition) ?? 0) >= end),
    timesRead: () => timesRead,
    reopen: () => giveUp(),
    async [Symbol.asyncDispose]() {
      await reading.stop()
      await admin.disconnect().catch(() => undefined)
    },
  }
}
