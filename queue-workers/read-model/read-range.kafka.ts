/** Reads the partitions of topics from one point to another, once, as nobody's member. */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../../runtime/log.ts'
import type { PartitionBatch } from './apply-batch.slonik.ts'
import { makeKafka } from './kafka-reader.kafka.ts'

/** What a partition holds now: `low` its first offset, `high` the one that its next message will get. */
export interface PartitionEnds {
  readonly topic: string
  readonly partition: number
  readonly low: number
  readonly high: number
}

export interface Range {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

export async function readEnds(
  brokers: readonly string[],
  topics: readonly string[],
  log: Pick<Log, 'debug'>,
): Promise<readonly PartitionEnds[]> {
  const admin = makeKafka(brokers, log).admin()
  await admin.connect()
  try {
    const ends: PartitionEnds[] = []
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        ends.push({ topic, partition, low: Number(low), high: Number(high) })
      }
    }
    return ends
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

/** Hands out all that lies between; a range in which nothing lies any more is handed out empty. */
export async function readRanges(
  brokers: readonly string[],
  ranges: readonly Range[],
  take: (batch: PartitionBatch) => Promise<void>,
  log: Pick<Log, 'debug'>,
): Promise<void> {
  const open = new Map(
    ranges.flatMap((range) =>
      range.to > range.from ? [[nameOf(range), { ...range, isSought: false }]] : [],
    ),
  )
  if (open.size === 0) return
  const kafka = makeKafka(brokers, log)
  const groupId = `urna-replay-${uuidv7()}`
  const consumer = kafka.consumer({
    ...{ groupId, maxBytesPerPartition: 4_194_304, maxWaitTimeInMs: 500, allowAutoTopicCreation: false },
    retry: { retries: 3, restartOnFailure: async () => false },
  })
  const done = Promise.withResolvers<void>()
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error))
  const topics = [...new Set(ranges.map(({ topic }) => topic))]
  try {
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      async eachBatch({ batch, resolveOffset, heartbeat, isStale }) {
        const range = open.get(nameOf(batch))
        if (range === undefined || isStale()) return resolveOffset(batch.lastOffset())
        const { topic, partition } = range
        if (!range.isSought && Number(batch.firstOffset()) !== range.from) {
          range.isSought = true
          return consumer.seek({ topic, partition, offset: String(range.from) })
        }
        const to = Math.min(Number(batch.lastOffset()) + 1, range.to)
        const messages = batch.messages
          .map(({ offset, value }) => ({ offset: Number(offset), value }))
          .filter(({ offset }) => offset >= range.from && offset < to)
        await take({ topic, partition, from: range.from, to, messages })
        resolveOffset(batch.lastOffset())
        await heartbeat()
        if (to < range.to) open.set(nameOf(range), { ...range, from: to, isSought: true })
        else open.delete(nameOf(range))
        if (open.size === 0) done.resolve()
      },
    })
    // A partition that holds more than its range sends batches without end; one that holds less is told by its ends.
    await done.promise
  } finally {
    await consumer.disconnect().catch(() => undefined)
    const admin = kafka.admin()
    // A group that nobody is in any more goes by itself in a week.
    await admin
      .connect()
      .then(() => admin.deleteGroups([groupId]))
      .catch(() => undefined)
    await admin.disconnect().catch(() => undefined)
  }
}

const nameOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  `${topic}/${partition}`
