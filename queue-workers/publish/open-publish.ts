/** Opens the role `publish`: the ledger, the polls' events and the tallies onto Kafka. */
import type { DatabasePool } from 'slonik'
import type { Counter } from 'prom-client'
import type { PublishReport } from '../../contracts/pipeline.ts'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import { keepPublishing, type Publishing } from './keep-publishing.ts'
import { openPolls } from './named-tallies.slonik.ts'
import { publishPollEvents, publishRows, publishTallies } from './publish-ledger.slonik.ts'
import { makeSendEvents } from './send-events.kafka.ts'
import { backlog } from './unemitted.slonik.ts'

const reportEveryMs = 1_000

/** Without brokers it only reports what waits. */
export function openPublish(
  stack: AsyncDisposableStack,
  parts: {
    readonly pool: DatabasePool
    readonly brokers: readonly string[] | null
    readonly report: (report: PublishReport) => Promise<void>
    readonly log: Log
    readonly sent: Counter
  },
): Pick<Publishing, 'wake' | 'kafkaAnswers'> {
  const { pool, brokers, log } = parts
  let publishing: Pick<Publishing, 'wake' | 'kafkaAnswers'> = {
    wake: () => undefined,
    kafkaAnswers: () => false,
  }
  if (brokers === null) log.warn('KAFKA_BROKERS is not set: events wait in Postgres')
  else {
    const kafka = stack.use(makeSendEvents(brokers, log))
    publishing = stack.use(
      keepPublishing({
        prepare: kafka.prepare,
        rows: () => publishRows(pool, kafka.send),
        pollEvents: () => publishPollEvents(pool, kafka.send),
        tallies: (pollIds) => publishTallies(pool, kafka.send, pollIds),
        openPolls: () => openPolls(pool),
        log,
        onSent: (rows) => parts.sent.inc(rows),
      }),
    )
  }
  const reporting = repeat(
    reportEveryMs,
    async () => {
      const { waiting, oldest_ms } = await backlog(pool)
      const oldestMs = Math.round(oldest_ms)
      await parts.report({ at: Date.now(), kafka: publishing.kafkaAnswers(), hop: { waiting, oldestMs } })
    },
    (error) => log.debug({ err: error }, 'could not report what waits for Kafka'),
  )
  stack.defer(() => reporting.stop())
  return publishing
}
