/** `npm start`: starts the whole system step by step, keeps it up, and stops it in order. */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ToolFault, lastLines, runTool } from './child.ts'
import { lockDataFolder } from './data-folder.ts'
import { lanAddresses, lanWelcome } from './lan.ts'
import type { Managed } from './managed.ts'
import { readOptions, type Options } from './options.ts'
import { fitToPlatform } from './platform.ts'
import { askedPort, openPortBook, type PortBook } from './ports.ts'
import { crowdProcess, gatewayProcess, queueWorkersProcess } from './processes.ts'
import { removeReadyFile, writeReadyFile, type Ready } from './ready-file.ts'
import { makeReport, seconds, type Report } from './report.ts'
import { buildScreens } from './screens.ts'
import { openSecrets } from './secrets.ts'
import { seedDemo } from './seed.ts'
import { startServices } from './services.ts'
import { listenForStop } from './stop-signals.ts'
import { supervise, type Supervised } from './supervise.ts'
import { Trouble, lineFor } from './trouble.ts'

const checkout = dirname(import.meta.dirname)
const steps = [
  'Dependencies',
  'Postgres',
  'Redis',
  'Kafka',
  'Read model',
  'Screens',
  'Tables',
  'Gateway',
  'Queue workers',
  'Demo',
]

const serviceNames = ['postgres', 'redis', 'kafka', 'tallies'] as const

const report = makeReport(steps, process.stdout)
const stopping = listenForStop(report.say)
try {
  const options = readOptions(process.argv.slice(2), process.env, checkout)
  if (options !== null) {
    await runUntilStopped({ ...options, given: fitToPlatform(options.given) }, report, stopping)
  }
} catch (fault) {
  if (stopping.aborted) report.say('Stopped before it was ready.')
  else console.error(`Urna did not start. ${lineFor(fault)}`)
  process.exitCode = stopping.aborted ? 130 : 1
} finally {
  report.end()
}

async function runUntilStopped(options: Options, report: Report, stopping: AbortSignal): Promise<void> {
  const startedAt = Number(process.env['URNA_STARTED_AT'] ?? Date.now()) // the starter's clock, which began earlier
  const { dataDir, port } = options
  // Last opened, first closed: the crowd, the gateway, the workers, the read model's Postgres, Kafka, Redis, Postgres.
  await using open = new AsyncDisposableStack()
  open.use(lockDataFolder(dataDir))
  removeReadyFile(dataDir)
  open.defer(() => removeReadyFile(dataDir))
  await askedPort(port, 'the gateway', '--port')
  const secrets = openSecrets(dataDir, process.env)
  const uiDir = join(dataDir, 'ui')
  const logDir = join(dataDir, 'logs')
  let ready: Ready | null = null
  const watched: Record<string, Managed> = {}
  const supervised: Record<string, Supervised> = {}
  const watch = (name: string, managed: Managed) => {
    if (!managed.isOurs) return
    watched[name] = managed
    managed.onPid(() => {
      if (ready !== null) writeReadyFile(dataDir, { ...ready, pids: pidsOf(watched) })
    })
    const its = supervise(managed, { say: report.say, stop: report.stopping })
    supervised[name] = its
    open.defer(() => its.stop())
  }

  // Side by side; where one fails the other is ended too, and both have ended before we go on.
  const failed = new AbortController()
  const signal = AbortSignal.any([stopping, failed.signal])
  const giveUp = (fault: unknown) => {
    failed.abort(fault)
    throw fault
  }
  const [servicesStart, screensBuild] = await Promise.allSettled([
    startServices({ ...options, only: serviceNames, report, signal }).catch(giveUp),
    report
      .step('Screens', async () => (options.dev ? 'by Vite' : buildScreens(checkout, uiDir, signal)))
      .catch(giveUp),
  ])
  if (servicesStart.status === 'rejected') throw failed.signal.reason
  const services = servicesStart.value
  watch('postgres', services.postgres)
  watch('redis', services.redis)
  watch('kafka', services.kafka)
  watch('tallies', services.tallies)
  if (screensBuild.status === 'rejected') throw failed.signal.reason

  await report.step('Tables', () => migrate(services.databaseUrl, signal))
  const { databaseUrl, redisUrl, kafkaBrokers, kafkaLibDir } = services
  const ports = openPortBook(dataDir)
  const talliesDatabaseUrl = services.talliesDatabaseUrl ?? ''
  const readModel = { databaseUrl: talliesDatabaseUrl, port: await readModelPort(ports, options) }
  const ground = { checkout, logDir, databaseUrl, redisUrl, kafkaBrokers, readModel }
  const workersPort = await ports.choose('queue-workers')
  ports.keep('queue-workers', workersPort)
  // A developer's own server stands before it, and one process starts sooner than several.
  const gatewayPort = options.dev ? await ports.choose('gateway') : port
  if (options.dev) ports.keep('gateway', gatewayPort)
  const compiled = options.dev ? { NODE_COMPILE_CACHE: join(dataDir, 'compiled') } : {}
  const developed = options.dev
    ? { GATEWAY_PROCESSES: process.env['GATEWAY_PROCESSES'] ?? '1', UI_DIR: '', ...compiled }
    : {}
  const env = options.lan ? { HOST: '0.0.0.0' } : developed
  const gateway = gatewayProcess(ground, { port: gatewayPort, secrets, uiDir, env })
  const workers = queueWorkersProcess(ground, { port: workersPort, secrets, env: compiled })
  // Either may need the other to be ready, so they start together; the gateway ends first, so that nobody is let in
  // while the workers empty their hands.
  const starts = await Promise.allSettled([
    report.step('Queue workers', () => workers.start(signal)).catch(giveUp),
    report.step('Gateway', () => gateway.start(signal)).catch(giveUp),
  ])
  watch('queueWorkers', workers)
  watch('gateway', gateway)
  if (starts.some((start) => start.status === 'rejected')) throw failed.signal.reason

  const gatewayUrl = `http://127.0.0.1:${port}`
  const trpcUrl = `${gatewayUrl}/trpc`
  const behind = `http://127.0.0.1:${gatewayPort}`
  await report.step('Demo', () => seedOnce(dataDir, `${behind}/trpc`, secrets.ADMIN_TOKEN))
  if (options.crowd > 0) {
    const crowd = crowdProcess(ground, { people: options.crowd, trpcUrl: `${behind}/trpc` })
    await crowd.start(signal)
    watch('crowd', crowd)
  }
  stopping.throwIfAborted()
  if (options.dev) {
    const { gateway, queueWorkers, crowd } = supervised
    const { openDev } = await import('./dev/open-dev.ts') // it brings Vite, which costs a start half a second
    open.use(
      await openDev({
        ...{ checkout, port, cacheDir: join(dataDir, 'vite'), gatewayUrl: behind, say: report.say },
        databases: { house: databaseUrl, readModel: talliesDatabaseUrl },
        processes: {
          ...(gateway && { gateway }),
          ...(queueWorkers && { 'queue-workers': queueWorkers }),
          ...(crowd && { crowd }),
        },
      }),
    )
  }

  ready = {
    gatewayUrl,
    trpcUrl,
    graphqlUrl: `${gatewayUrl}/graphql`,
    voteUiUrl: `${gatewayUrl}/`,
    adminUiUrl: `${gatewayUrl}/admin/#token=${secrets.ADMIN_TOKEN}`,
    databaseUrl,
    redisUrl,
    talliesDatabaseUrl,
    readModelUrl: `http://127.0.0.1:${readModel.port}`,
    kafkaBrokers,
    kafkaLibDir,
    adminToken: secrets.ADMIN_TOKEN,
    testIdentitySecret: secrets.TEST_IDENTITY_SECRET ?? null,
    pids: pidsOf(watched),
  }
  writeReadyFile(dataDir, ready)
  report.say(welcome(ready, options, seconds(startedAt)))
  await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }))
  report.say('\nStopping in order; Ctrl-C after two seconds more ends at once.')
  removeReadyFile(dataDir)
  ready = null
}

async function readModelPort(ports: PortBook, { readModelPort: asked }: Options): Promise<number> {
  if (asked !== null) return askedPort(asked, 'the read model', 'READ_MODEL_PORT')
  const port = await ports.choose('read-model', 3003)
  ports.keep('read-model', port)
  return port
}

function pidsOf(watched: Record<string, Managed>): Record<string, number> {
  const pids = Object.entries(watched).flatMap(([name, { pid }]) =>
    pid === null ? [] : [[name, pid] as const],
  )
  return { supervisor: process.pid, ...Object.fromEntries(pids) }
}

async function migrate(databaseUrl: string, signal: AbortSignal): Promise<void> {
  const env = { ...process.env, DATABASE_URL: databaseUrl }
  const args = ['sql/migrate.ts']
  await runTool({ command: process.execPath, args, cwd: checkout, env }, signal).catch((fault: unknown) => {
    throw fault instanceof ToolFault ? new Trouble(lastLines(fault.output, 1)) : fault
  })
}

/** The stamp outlives the polls: a demo that somebody deleted does not come back. */
async function seedOnce(dataDir: string, trpcUrl: string, adminToken: string): Promise<string> {
  const stamp = join(dataDir, 'seeded')
  if (existsSync(stamp)) return 'kept as it is'
  const isSeeded = await seedDemo(trpcUrl, adminToken)
  writeFileSync(stamp, `${new Date().toISOString()}\n`)
  return isSeeded ? 'three polls made' : 'there are polls already'
}

/** Prints a link by which anyone is a verified voter here. */
function identityCommand({ dataDir }: Options): string {
  const folder = dataDir === join(checkout, '.urna') ? '' : ` --data ${dataDir}`
  return `npm run identity -- NAME${folder}`
}

function welcome(ready: Ready, options: Options, took: string): string {
  const crowd = options.crowd > 0 ? `\n  Crowd         ${options.crowd} people vote at human pace` : ''
  const identity = ready.testIdentitySecret === null ? '' : `\n  Verified      ${identityCommand(options)}`
  const lan = options.lan ? lanWelcome(lanAddresses(), options.port) : ''
  return `
Urna is ready (${took})

${lan}  Vote          ${ready.voteUiUrl}${identity}
  Admin         ${ready.adminUiUrl}
  GraphQL       ${ready.graphqlUrl}
  tRPC          ${ready.trpcUrl}
  Read model    ${ready.readModelUrl}${crowd}

  Data          ${options.dataDir}
  Logs          ${join(options.dataDir, 'logs')}
  For tools     ${join(options.dataDir, 'ready.json')}
  Stop          Ctrl-C
`
}
