/** Reads topics as a member of a consumer group; how far it has read is the caller's to know, not Kafka's. */
import { Kafka, logLevel, type Batch, type Consumer, type LogEntry } from 'kafkajs'
import type { Log } from '../../runtime/log.ts'
import { calmKafkajs } from '../publish/calm-kafkajs.kafka.ts'
import type { Applied, PartitionBatch } from './apply-batch.slonik.ts'

/** Who does not show itself for so long has lost its partitions to the others. */
export const sessionMs = 10_000

/** A batch is one transaction: some hundred rows of the ledger at most. */
const bytesPerBatch = 4_194_304

export interface ReadParts {
  readonly brokers: readonly string[]
  readonly groupId: string
  readonly topics: readonly string[]
  /** Where the partition was applied to; 0 where it never was. */
  readonly offsetOf: (topic: string, partition: number) => Promise<number>
  /** Null: it was applied to another point; it is read on from there. */
  readonly apply: (batch: PartitionBatch) => Promise<Applied | null>
  /** Offsets that should have come and are not there any more. */
  readonly onSkipped: (topic: string, offsets: number) => void
  readonly onJoined: () => void
  readonly log: Pick<Log, 'debug'>
}

export function makeKafka(brokers: readonly string[], log: Pick<Log, 'debug'>): Kafka {
  calmKafkajs()
  return new Kafka({
    clientId: 'urna-read-model',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 1_000 },
    logLevel: logLevel.ERROR,
    logCreator: () => (entry: LogEntry) => log.debug({ kafka: entry.log.message }, 'kafkajs'),
  })
}

/** Reads until the signal fires; rejects when Kafka or `apply` fails. */
export async function readTopics(parts: ReadParts, signal: AbortSignal): Promise<void> {
  const kafka = makeKafka(parts.brokers, parts.log)
  const consumer = kafka.consumer({
    groupId: parts.groupId,
    sessionTimeout: sessionMs,
    heartbeatInterval: sessionMs / 5,
    rebalanceTimeout: sessionMs,
    maxBytesPerPartition: bytesPerBatch,
    maxWaitTimeInMs: 1_000,
    allowAutoTopicCreation: false,
    // It begins again as a whole, elsewhere.
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 1_000, restartOnFailure: async () => false },
  })
  const ended = Promise.withResolvers<void>()
  consumer.on(consumer.events.CRASH, ({ payload }) => ended.reject(payload.error))
  const stop = () => ended.resolve()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...parts.topics], fromBeginning: true })
    const read = makeReadBatch(parts, consumer)
    consumer.on(consumer.events.GROUP_JOIN, () => {
      read.forget()
      parts.onJoined()
    })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      async eachBatch({ batch, resolveOffset, heartbeat, isRunning, isStale }) {
        if (!isRunning() || isStale()) return
        if (await read.batch(batch)) resolveOffset(batch.lastOffset())
        await heartbeat()
      },
    })
    if (!signal.aborted) await ended.promise
  } finally {
    signal.removeEventListener('abort', stop)
    await consumer.disconnect().catch(() => undefined)
  }
}

/**
 * Where a partition stands is read from the database when it is met first, after each rebalance, and whenever the
 * database says that it stands elsewhere; then Kafka is asked for exactly that. `batch` answers whether it was applied.
 */
function makeReadBatch(parts: ReadParts, consumer: Pick<Consumer, 'seek'>) {
  const positions = new Map<string, number>()
  const sought = new Set<string>()
  return {
    forget() {
      positions.clear()
      sought.clear()
    },
    async batch(batch: Batch): Promise<boolean> {
      const { topic, partition } = batch
      const name = `${topic}/${partition}`
      const first = Number(batch.firstOffset())
      const to = Number(batch.lastOffset()) + 1
      let from = positions.get(name)
      if (from === undefined) {
        from = await parts.offsetOf(topic, partition)
        if (first !== from && !sought.has(name)) {
          sought.add(name)
          consumer.seek({ topic, partition, offset: String(from) })
          return false
        }
        positions.set(name, from)
      }
      // Behind where it stands: the topic was made anew. What it repeats is dropped by its ids.
      const messages = batch.messages.map(({ offset, value }) => ({ offset: Number(offset), value }))
      if (first > from) parts.onSkipped(topic, first - from)
      if ((await parts.apply({ topic, partition, from, to, messages })) === null) {
        positions.delete(name)
        sought.delete(name)
        // The next batch, whichever it is, begins with a look at the database.
        return false
      }
      positions.set(name, to)
      return true
    },
  }
}
