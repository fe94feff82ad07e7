/** Sends to Kafka: every in-sync replica has it, or the send has failed within 10 s. */
import { Kafka, logLevel, Partitioners, type LogEntry } from 'kafkajs'
import { topics } from '../../contracts/events.ts'
import type { Log } from '../../runtime/log.ts'
import { calmKafkajs } from './calm-kafkajs.kafka.ts'

export interface KafkaMessage {
  readonly key: string
  readonly value: Buffer
}

export interface SendEvents {
  /** Not to be called again before it has settled: one send in flight keeps the order. */
  readonly send: (topic: string, messages: readonly KafkaMessage[]) => Promise<void>
  /** Whether Kafka answers; makes the topics that are missing. Rejects while it does not. */
  readonly prepare: () => Promise<void>
}

/** The plain producer: kafkajs' idempotent one can lose a message without a word. Readers drop repeated ids. */
export function makeSendEvents(brokers: readonly string[], log: Log): SendEvents & AsyncDisposable {
  calmKafkajs()
  const kafka = new Kafka({
    clientId: 'urna-publish',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    // 3 tries, at most 1 s between them: with the timeouts above the end comes within 10 s.
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 1_000 },
    logLevel: logLevel.ERROR,
    // While Kafka starts or is away it complains of each try; whether it answers is told once, elsewhere.
    logCreator: () => (entry: LogEntry) => log.debug({ kafka: entry.log.message }, 'kafkajs'),
  })
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 1_000 },
  })
  let connected = false
  producer.on(producer.events.DISCONNECT, () => {
    connected = false
  })

  async function connect(): Promise<void> {
    if (connected) return
    await producer.connect()
    connected = true
  }

  return {
    async prepare() {
      const admin = kafka.admin()
      try {
        await admin.connect()
        const { brokers: up } = await admin.describeCluster()
        const standing = new Set(await admin.listTopics())
        const missing = Object.values(topics).filter(({ topic }) => !standing.has(topic))
        if (missing.length === 0) return
        const replicas = Math.min(3, up.length)
        await admin.createTopics({
          waitForLeaders: true,
          topics: missing.map(({ topic, partitions, config }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: replicas,
            configEntries: Object.entries(config).map(([name, value]) => ({ name, value: String(value) })),
          })),
        })
      } finally {
        await admin.disconnect().catch(() => undefined)
      }
    },
    async send(topic, messages) {
      await connect()
      await producer.send({ topic, acks: -1, timeout: 5_000, messages: [...messages] })
    },
    async [Symbol.asyncDispose]() {
      await producer.disconnect().catch(() => undefined)
    },
  }
}
