/** Opens the role `read-model`: what Kafka tells into a database of its own, and its answers on a port of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { topics } from '../../contracts/events.ts'
import { connectPostgres, postgresAnswers } from '../../runtime/connect.slonik.ts'
import { makePlaces } from '../../runtime/places.ts'
import { makePrepareTopics } from '../publish/prepare-topics.kafka.ts'
import type { RoleGround } from '../role-ground.ts'
import { makeAnswers } from './answer-model.ts'
import { applyBatch, offsetOf, type Applied } from './apply-batch.slonik.ts'
import { liveSchema } from './in-model.slonik.ts'
import { keepReading, type Reading } from './keep-reading.ts'
import { readTopics } from './kafka-reader.kafka.ts'
import { prepareModel } from './model-database.pg.ts'
import { topicsRead } from './registry.ts'
import { serveModel } from './serve-model.ts'

const groupId = 'urna-read-model'
const healthWithinMs = 2_000
const mostReaders = 4
// A report of the largest poll takes a second.
const readersStatementMs = 5_000

/** What it needs: neither Redis nor the main database. */
type ModelGround = Pick<RoleGround, 'config' | 'counter' | 'checks' | 'log'>

/** Without a database of its own it says so once and stays off. */
export async function openReadModel(stack: AsyncDisposableStack, ground: ModelGround): Promise<void> {
  const { config, counter, log } = ground
  const { talliesDatabaseUrl: databaseUrl, kafkaBrokers: brokers } = config
  if (databaseUrl === null) return log.warn('TALLIES_DATABASE_URL is not set: there is no read model')
  const counters = {
    events: counter('urna_read_model_events_total', 'Events that this read model applied.'),
    repeats: counter(
      'urna_read_model_repeats_total',
      'Events that had been applied before, and were dropped.',
    ),
    unreadable: counter(
      'urna_read_model_unreadable_total',
      'Messages that are no event, set aside: look at them.',
    ),
    skipped: counter(
      'urna_read_model_skipped_offsets_total',
      'Offsets that Kafka no longer had when they were to be read: rebuild by npm run replay.',
    ),
    fenced: counter(
      'urna_read_model_fenced_total',
      'Batches dropped because another reader had applied them.',
    ),
  }
  const count = (applied: Applied) => {
    counters.events.inc(applied.events)
    counters.repeats.inc(applied.repeats)
    counters.unreadable.inc(applied.unreadable)
  }

  const pool = await connectPostgres(databaseUrl, { most: 2, idleInTransactionMs: 10_000 })
  stack.defer(() => pool.end())
  // Of their own: however slow their questions are, what is told is applied.
  const readers = await connectPostgres(databaseUrl, {
    ...{ most: mostReaders, idleInTransactionMs: 10_000, statementMs: readersStatementMs },
  })
  stack.defer(() => readers.end())
  let reading: Pick<Reading, 'isReading'> = { isReading: () => false }
  const alive = () =>
    Promise.race([
      postgresAnswers(pool).then(
        () => true,
        () => false,
      ),
      sleep(healthWithinMs, false, { ref: false }),
    ])
  const health = async () => ({ alive: await alive(), reading: reading.isReading() })
  // An answer asks one question after the other: it has one connection at a time.
  const places = makePlaces({ most: mostReaders, mostWaiting: 100, waitsForMs: 1_000 })
  const { host, readModelPort: port, adminToken } = config
  stack.use(await serveModel({ host, port, adminToken, answers: makeAnswers(readers), places, health, log }))
  ground.checks['readModel'] = {
    required: false,
    async check() {
      const { alive, reading: reads } = await health()
      if (!alive) throw new Error('its database does not answer')
      if (!reads) throw new Error('Kafka does not answer; it shows what it has')
    },
  }

  if (brokers === null) log.warn('KAFKA_BROKERS is not set: the read model shows what it has')
  const prepareTopics = brokers === null ? null : makePrepareTopics(brokers, config.kafkaReplicas, log)
  let isPrepared = false
  const prepare = async () => {
    if (!isPrepared) await prepareModel(databaseUrl, liveSchema)
    isPrepared = true
  }
  reading = stack.use(
    keepReading({
      async read(signal, onJoined) {
        await prepare()
        if (brokers === null) return untilAborted(signal)
        await prepareTopics?.()
        await readTopics(
          {
            ...{ brokers, groupId, topics: topicsRead, onJoined, log },
            offsetOf: (topic, partition) => offsetOf(pool, liveSchema, topic, partition, 0),
            async apply(batch) {
              const applied = await applyBatch(pool, liveSchema, batch)
              if (applied === null) counters.fenced.inc()
              else count(applied)
              return applied
            },
            onSkipped(topic, offsets) {
              // A topic that keeps the newest of a key has gaps by nature.
              if (topic === topics.polls.topic) return
              counters.skipped.inc(offsets)
              log.error(
                { topic, offsets },
                'Kafka no longer has what was to be read: run npm run replay -- --from-start',
              )
            },
          },
          signal,
        )
      },
      log,
    }),
  )
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
