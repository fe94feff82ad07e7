/** Sends to Kafka: every in-sync replica has it, or the send has failed within 10 s. */
import { Kafka, logLevel, Partitioners, type LogEntry } from 'kafkajs'
import type { Log } from '../../runtime/log.ts'
import { calmKafkajs } from './calm-kafkajs.kafka.ts'

export interface KafkaMessage {
  readonly key: string
  readonly value: Buffer
}

export interface SendEvents {
  /** Not to be called again before it has settled: one send in flight keeps the order. */
  readonly send: (topic: string, messages: readonly KafkaMessage[]) => Promise<void>
}

export function openKafka(brokers: readonly string[], log: Pick<Log, 'debug'>): Kafka {
  calmKafkajs()
  return new Kafka({
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
}

/** The plain producer: kafkajs' idempotent one can lose a message without a word. Readers drop repeated ids. */
export function makeSendEvents(brokers: readonly string[], log: Log): SendEvents & AsyncDisposable {
  const producer = openKafka(brokers, log).producer({
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
    async send(topic, messages) {
      await connect()
      await producer.send({ topic, acks: -1, timeout: 5_000, messages: [...messages] })
    },
    async [Symbol.asyncDispose]() {
      await producer.disconnect().catch(() => undefined)
    },
  }
}
