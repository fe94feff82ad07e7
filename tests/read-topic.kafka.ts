/** Reads a topic as a stranger would: a fresh consumer group, from offset 0, dropping ids that it has seen. */
import { Kafka, logLevel } from 'kafkajs'
import { v7 as uuidv7 } from 'uuid'
import { topics, votesRecordedShape, type VotesRecorded } from '../contracts/events.ts'

/** Resolves when `enough` says so of the distinct events; `messages` counts repeats too. */
export async function readVotes(
  brokers: string,
  enough: (events: readonly VotesRecorded[]) => boolean,
): Promise<{ events: VotesRecorded[]; messages: number; raw: ReadonlyMap<string, Buffer> }> {
  const kafka = new Kafka({ clientId: 'urna-test', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `urna-test-${uuidv7()}` })
  const events = new Map<string, VotesRecorded>()
  const raw = new Map<string, Buffer>()
  let messages = 0
  await consumer.connect()
  try {
    await consumer.subscribe({ topic: topics.votes.topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${events.size} events and no more`)), 60_000)
      void consumer.run({
        eachMessage: async ({ message }) => {
          messages++
          const event = votesRecordedShape.parse(JSON.parse(String(message.value)))
          events.set(event.id, event)
          if (message.value !== null) raw.set(event.id, message.value)
          if (!enough([...events.values()])) return
          clearTimeout(late)
          resolve()
        },
      })
    })
  } finally {
    await consumer.disconnect()
  }
  return { events: [...events.values()], messages, raw }
}

/** All that a topic holds now, by partition in its order. */
export async function readAll(
  brokers: string,
  topic: string,
): Promise<readonly { readonly key: string; readonly value: string }[]> {
  const kafka = new Kafka({ clientId: 'urna-test', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect())
  const ends = new Map(
    offsets.flatMap(({ partition, low, high }) =>
      Number(high) > Number(low) ? [[partition, Number(high) - 1]] : [],
    ),
  )
  const messages: { key: string; value: string }[] = []
  if (ends.size === 0) return messages
  const consumer = kafka.consumer({ groupId: `urna-test-${uuidv7()}` })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${topic} was not read to its end`)), 60_000)
      void consumer.run({
        eachMessage: async ({ partition, message }) => {
          messages.push({ key: String(message.key), value: String(message.value) })
          if (Number(message.offset) >= (ends.get(partition) ?? Infinity)) ends.delete(partition)
          if (ends.size > 0) return
          clearTimeout(late)
          resolve()
        },
      })
    })
  } finally {
    await consumer.disconnect()
  }
  return messages
}

/** `voteId option` of each vote that these events say was counted for the poll, sorted. */
export function countedIn(events: readonly VotesRecorded[], pollId: string): string[] {
  return events
    .filter(({ data }) => data.pollId === pollId)
    .flatMap(({ data: { votes, uncounted } }) => {
      const others = new Set(uncounted.map(({ position }) => position))
      return votes.filter(([position]) => !others.has(position))
    })
    .map(([, voteId, , option]) => `${voteId} ${option}`)
    .sort()
}
