/** Assembles the workers: the roles that were asked for, and the pages that tell how they are. */
import { Counter } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
import { connectRedis, redisAnswers } from '../runtime/connect.redis.ts'
import { connectPostgres, postgresAnswers } from '../runtime/connect.slonik.ts'
import type { Log } from '../runtime/log.ts'
import { makeOps, makeRegistry, serveOps } from '../runtime/ops.ts'
import type { Check } from '../runtime/checks.ts'
import { readVersion } from '../runtime/version.ts'
import type { Config } from './config.ts'
import { makeReport, onLedgerGrew, tellLedgerGrew } from './ledger-news.redis.ts'
import { openPersist } from './persist/open-persist.ts'
import { openPublish } from './publish/open-publish.ts'

const redisWithinMs = 10_000

export async function openQueueWorkers(
  stack: AsyncDisposableStack,
  config: Config,
  log: Log,
): Promise<{ readonly port: number }> {
  const redis = connectRedis(config.redisUrl, 'command', log)
  stack.defer(() => redis.disconnect())
  await redisAnswers(redis, redisWithinMs)
  const workerId = uuidv7()
  const registry = makeRegistry('queue-workers')
  const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] })
  const checks: Record<string, Check> = {
    postgres: { required: true, check: () => postgresAnswers(persistPool) },
    redis: { required: true, check: async () => void (await redis.ping()) },
  }

  const persistPool = await connectPostgres(config.databaseUrl, {
    most: 4,
    idleInTransactionMs: 5_000,
    keepsPlans: true,
  })
  stack.defer(() => persistPool.end())
  if (config.roles.has('persist')) {
    const queueConnection = connectRedis(config.redisUrl, 'worker', log)
    stack.defer(() => queueConnection.disconnect())
    await openPersist(stack, {
      ...{ pool: persistPool, redis, queueConnection, workerId },
      ledgerGrew: () => tellLedgerGrew(redis),
      log: log.child({ role: 'persist' }),
      counters: {
        votes: counter(
          'urna_votes_received_total',
          'Votes that this worker took from the queue into Postgres.',
        ),
        batches: counter('urna_batches_persisted_total', 'Jobs that this worker persisted.'),
        transactions: counter('urna_persist_transactions_total', 'Transactions in which it did so.'),
      },
    })
  }
  if (config.roles.has('publish')) {
    // A send to Kafka may take 10 s, and its rows stay locked meanwhile.
    const pool = await connectPostgres(config.databaseUrl, { most: 4, idleInTransactionMs: 15_000 })
    stack.defer(() => pool.end())
    const subscriber = connectRedis(config.redisUrl, 'subscriber', log)
    stack.defer(() => subscriber.disconnect())
    const report = stack.use(makeReport(redis, workerId))
    const publishing = openPublish(stack, {
      ...{ pool, report, brokers: config.kafkaBrokers },
      log: log.child({ role: 'publish' }),
      sent: counter('urna_ledger_rows_emitted_total', 'Ledger rows that this worker sent to Kafka.'),
    })
    await onLedgerGrew(subscriber, publishing.wake)
    checks['kafka'] = {
      required: false,
      check: async () => {
        if (!publishing.kafkaAnswers()) throw new Error('Kafka does not answer; events wait in Postgres')
      },
    }
  }
  const ops = makeOps({ process: 'queue-workers', version: await readVersion(), checks, log, registry })
  return stack.use(await serveOps({ host: config.host, port: config.port, ops, log }))
}
