/** Starts a gateway and ends it in order. */
import { whyDatabaseIsUnfit } from '../sql/migrate.pg.ts'
import { BadSettings } from '../runtime/env.ts'
import { live } from '../runtime/lifecycle.ts'
import { makeLog } from '../runtime/log.ts'
import { isOneOfSeveral, tendProcesses } from '../runtime/processes.ts'
import { openGateway } from './app.ts'
import { readConfig, type Config } from './config.ts'

// Open requests have 12 s; then the ballot's last group, and what it needs.
const closeWithinMs = 20_000

let config: Config
try {
  config = readConfig(process.env)
} catch (error) {
  if (!(error instanceof BadSettings)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
const log = makeLog('gateway', config.logLevel)
if (config.processes > 1 && !isOneOfSeveral()) tendProcesses(log, config.processes, closeWithinMs)
else {
  await live(log, closeWithinMs, async (stack) => {
    const unfit = await whyDatabaseIsUnfit(config.databaseUrl)
    if (unfit !== null) throw new Error(unfit)
    const { port } = await openGateway(stack, config, log)
    log.info({ port, pid: process.pid }, 'ready')
  })
}
