/** Opens the role `publish`: the ledger, the polls' events and the tallies onto Kafka. */
import { Gauge } from 'prom-client'
import { repeat } from '../../runtime/rest.ts'
import { makeReport, onLedgerGrew } from '../ledger-news.redis.ts'
import type { OpenRole } from '../role-ground.ts'
import { keepPublishing, type Publishing } from './keep-publishing.ts'
import { openPolls } from './named-tallies.slonik.ts'
import { makePrepareTopics } from './prepare-topics.kafka.ts'
import { publishAnchors } from './publish-anchors.slonik.ts'
import { publishPollEvents, publishRows, publishTallies } from './publish-ledger.slonik.ts'
import { makeSendEvents } from './send-events.kafka.ts'
import { backlog } from './unemitted.slonik.ts'

const reportEveryMs = 1_000

/** Without brokers it only reports what waits. */
export const openPublish: OpenRole = async (stack, ground) => {
  const { redis, workerId, checks, log } = ground
  const brokers = ground.config.kafkaBrokers
  // A send to Kafka may take 10 s, and its rows stay locked meanwhile.
  const pool = await ground.openPool({ most: 4, idleInTransactionMs: 15_000 })
  const subscriber = ground.connect('subscriber')
  const report = stack.use(makeReport(redis, workerId))
  const sent = ground.counter('urna_ledger_rows_emitted_total', 'Ledger rows that this worker sent to Kafka.')
  // They alarm, and stop nothing: votes are safe and counted, only Kafka does not know.
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [ground.registry] })
  const unemitted = {
    rows: gauge('urna_ledger_rows_unemitted', 'Ledger rows that Kafka does not have yet.'),
    oldestS: gauge(
      'urna_ledger_rows_unemitted_oldest_seconds',
      'For how long the oldest of them has waited.',
    ),
  }
  let publishing: Pick<Publishing, 'wake' | 'kafkaAnswers'> = {
    wake: () => undefined,
    kafkaAnswers: () => false,
  }
  if (brokers === null) log.warn('KAFKA_BROKERS is not set: events wait in Postgres')
  else {
    const kafka = stack.use(makeSendEvents(brokers, log))
    publishing = stack.use(
      keepPublishing({
        prepare: makePrepareTopics(brokers, ground.config.kafkaReplicas, log),
        rows: () => publishRows(pool, kafka.send),
        pollEvents: () => publishPollEvents(pool, kafka.send),
        anchors: () => publishAnchors(pool, kafka.send),
        tallies: (pollIds) => publishTallies(pool, kafka.send, pollIds),
        openPolls: () => openPolls(pool),
        log,
        onSent: (rows) => sent.inc(rows),
      }),
    )
  }
  const reporting = repeat(
    reportEveryMs,
    async () => {
      const { waiting, oldest_ms } = await backlog(pool)
      const oldestMs = Math.round(oldest_ms)
      unemitted.rows.set(waiting)
      unemitted.oldestS.set(oldestMs / 1_000)
      await report({ at: Date.now(), kafka: publishing.kafkaAnswers(), hop: { waiting, oldestMs } })
    },
    (error) => log.debug({ err: error }, 'could not report what waits for Kafka'),
  )
  stack.defer(() => reporting.stop())
  await onLedgerGrew(subscriber, publishing.wake)
  checks['kafka'] = {
    required: false,
    check: async () => {
      if (!publishing.kafkaAnswers()) throw new Error('Kafka does not answer; events wait in Postgres')
    },
  }
}
