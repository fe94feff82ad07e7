/** Reads what was told of polls, as a stranger would: a fresh consumer, from offset 0, dropping ids that it has seen. */
import { Kafka, logLevel } from 'kafkajs'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { eventTypes, topics } from '../contracts/events.ts'
import { pollShape } from '../contracts/poll.ts'

const changedShape = z.object({
  specversion: z.literal('1.0'),
  type: z.literal(eventTypes.pollChanged),
  id: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  change: z.string(),
  // Nothing that only our own processes know.
  data: z.strictObject(pollShape.shape),
})
export type PollChanged = z.infer<typeof changedShape>

/** The changes, in the topic's order for each poll; resolves when there are as many. */
export async function readPollChanges(brokers: string, many: number): Promise<readonly PollChanged[]> {
  const kafka = new Kafka({ clientId: 'urna-test', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `urna-test-${uuidv7()}` })
  const changes = new Map<string, PollChanged>()
  await consumer.connect()
  try {
    await consumer.subscribe({ topic: topics.polls.topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${changes.size} changes and no more`)), 60_000)
      void consumer.run({
        eachMessage: async ({ message }) => {
          const told: unknown = JSON.parse(String(message.value))
          const event = changedShape.parse(told)
          if (String(message.key) !== event.subject) reject(new Error(`${event.id} under another key`))
          changes.set(event.id, event)
          if (changes.size < many) return
          clearTimeout(late)
          resolve()
        },
      })
    })
  } finally {
    await consumer.disconnect()
  }
  return [...changes.values()]
}
