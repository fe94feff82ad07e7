/** Makes the topics that are missing, each with as many copies as are asked for, or not yet. */
import type { Admin } from 'kafkajs'
import { inSyncOf, replicasFor, topics } from '../../contracts/events.ts'
import type { Log } from '../../runtime/log.ts'
import { Trouble } from '../../runtime/trouble.ts'
import { openKafka } from './send-events.kafka.ts'

/**
 * `asked`: copies of each topic; null where nobody says how many. What it makes rejects while Kafka does not answer, and while fewer brokers are up than copies are asked for: a topic keeps
 * the copies that it was made with. One that stands with fewer is told once.
 */
export function makePrepareTopics(
  brokers: readonly string[],
  asked: number | null,
  log: Pick<Log, 'debug' | 'warn'>,
): () => Promise<void> {
  const kafka = openKafka(brokers, log)
  let isTold = false

  async function copiesIn(admin: Admin): Promise<{ readonly up: number; readonly replicas: number }> {
    const up = (await admin.describeCluster()).brokers.length
    return { up, replicas: asked ?? replicasFor(brokers, up) }
  }

  async function makeMissing(admin: Admin): Promise<void> {
    const standing = new Set(await admin.listTopics())
    const missing = Object.values(topics).filter(({ topic }) => !standing.has(topic))
    if (missing.length === 0) return
    const { up, replicas } = await copiesIn(admin)
    if (up < replicas)
      throw new Trouble(
        `${up} of ${replicas} Kafka brokers are up: topics are made when all are there, with ${replicas} copies (KAFKA_REPLICAS).`,
      )
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ topic, partitions, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replicas,
        configEntries: Object.entries({ ...config, 'min.insync.replicas': String(inSyncOf(replicas)) }).map(
          ([name, value]) => ({ name, value }),
        ),
      })),
    })
  }

  async function tellOfFewer(admin: Admin): Promise<void> {
    if (isTold) return
    const { replicas } = await copiesIn(admin)
    const wanted = Object.values(topics).map(({ topic }) => topic)
    const { topics: found } = await admin.fetchTopicMetadata({ topics: wanted })
    const fewer = found.flatMap(({ name, partitions }) => {
      const copies = Math.min(...partitions.map((its) => its.replicas.length))
      return copies < replicas ? [{ topic: name, copies }] : []
    })
    isTold = true
    if (fewer.length > 0)
      log.warn(
        { topics: fewer, wanted: replicas },
        'topics stand with fewer copies than they should have (KAFKA_REPLICAS): reassign their partitions',
      )
  }

  return async () => {
    const admin = kafka.admin()
    try {
      await admin.connect()
      await makeMissing(admin)
      await tellOfFewer(admin)
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }
}
