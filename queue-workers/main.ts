/** Starts the workers and ends them in order. */
import { whyDatabaseIsUnfit } from '../sql/migrate.pg.ts'
import { BadSettings } from '../runtime/env.ts'
import { live } from '../runtime/lifecycle.ts'
import { makeLog } from '../runtime/log.ts'
import { isReadModelAlone, openQueueWorkers } from './app.ts'
import { readConfig, type Config } from './config.ts'

// A transaction takes at most 10 s, a send to Kafka as well.
const closeWithinMs = 20_000

let config: Config
try {
  config = readConfig(process.env, process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BadSettings)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
const log = makeLog('queue-workers', config.logLevel)
await live(log, closeWithinMs, async (stack) => {
  const unfit = isReadModelAlone(config) ? null : await whyDatabaseIsUnfit(config.databaseUrl)
  if (unfit !== null) throw new Error(unfit)
  const { port } = await openQueueWorkers(stack, config, log)
  log.info({ port, roles: [...config.roles] }, 'ready')
})
