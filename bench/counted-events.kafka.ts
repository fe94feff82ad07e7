/** Counts the votes that Kafka tells of as counted, as a stranger would: from offset 0, each event once. */
import { Kafka, logLevel } from 'kafkajs'
import { v7 as uuidv7 } from 'uuid'
import { topics, votesRecordedShape } from '../contracts/events.ts'
import { rest } from '../runtime/rest.ts'

/** Resolves when that many are there, or nothing more has come for a while. */
export async function countedEvents(
  brokers: string,
  pollId: string,
  expected: number,
  signal: AbortSignal,
): Promise<number> {
  const kafka = new Kafka({ clientId: 'urna-bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `urna-bench-${uuidv7()}` })
  const seen = new Set<string>()
  let counted = 0
  let heardAt = performance.now()
  await consumer.connect()
  try {
    await consumer.subscribe({ topic: topics.votes.topic, fromBeginning: true })
    await consumer.run({
      async eachMessage({ message }) {
        heardAt = performance.now()
        const { id, data } = votesRecordedShape.parse(JSON.parse(String(message.value)))
        if (data.pollId !== pollId || seen.has(id)) return
        seen.add(id)
        counted += data.votes.length - data.uncounted.length
      },
    })
    while (counted < expected && performance.now() - heardAt < quietForMs) await rest(100, signal)
  } finally {
    await consumer.disconnect()
  }
  return counted
}

// A consumer group needs some seconds to begin.
const quietForMs = 30_000
