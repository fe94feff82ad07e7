/** The whole system as processes, with wires that can be cut between voters, gateways, workers and Redis. */
import { dirname, join } from 'node:path'
import { kill } from 'node:process'
import pg from 'pg'
import { Redis } from 'ioredis'
import { howItEnded } from '../../local/child.ts'
import type { Managed } from '../../local/managed.ts'
import { findFreePort } from '../../local/ports.ts'
import { gatewayProcess, queueWorkersProcess, type Ground } from '../../local/processes.ts'
import { startServices } from '../../local/services.ts'
import { migrate, readMigrations } from '../../sql/migrate.pg.ts'
import type { Role } from '../../queue-workers/config.ts'
import { rest } from '../../runtime/rest.ts'
import { secrets } from '../house.ts'
import { startRedisCutter, type RedisCutter } from '../redis-cutter.ts'
import type { Deed } from './deeds.ts'
import type { Troupe } from './draw-faults.ts'
import { faultText } from './fault-text.ts'
import { spareRoles } from './options.ts'
import { openOwnDisk, type OwnDisk } from './own-disk.ts'
import { startVoterWire, type VoterWire } from './voter-wire.ts'

export interface ChaosGateway {
  readonly process: Managed
  readonly url: string
  readonly wire: VoterWire
  readonly redisWire: RedisCutter
}

export interface Stage extends AsyncDisposable {
  readonly troupe: Troupe
  readonly gateways: readonly ChaosGateway[]
  readonly persisters: readonly { readonly process: Managed; readonly redisWire: RedisCutter }[]
  readonly publishers: readonly Managed[]
  /** One for each role that neither persists nor publishes. */
  readonly others: readonly Managed[]
  readonly redisServer: Managed
  readonly postgres: Managed
  readonly kafka: readonly Managed[]
  readonly disk: OwnDisk | null
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly kafkaBrokers: string
  /** Where the read model answers; null where there is none. */
  readonly readModelUrl: string | null
  readonly redis: Redis
  /** Where the voters may knock now. */
  readonly doors: () => readonly string[]
  /** Runs something on a connection of its own, in one transaction. */
  readonly withDb: <T>(work: (db: pg.Client) => Promise<T>) => Promise<T>
  /** Starts it again until it stands. */
  readonly revive: (process: Managed) => Promise<void>
  /** Ends it by a signal that its manager does not know. */
  readonly endBy: (process: Managed, signal: NodeJS.Signals) => Promise<void>
  /** One more that dies at this point of its code; resolves when it has, or has had no occasion to. */
  readonly doomed: (kind: 'gateway' | 'persist' | 'publish', point: string) => Promise<Deed>
}

const reviveWithinMs = 180_000
// A doomed process meets its point with the first vote that it handles once it is ready.
const doomedWithinMs = 20_000

export async function openStage(its: {
  readonly dataDir: string
  readonly kafkaNodes: number
  readonly without: readonly Role[]
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}): Promise<Stage> {
  const { dataDir, say, signal } = its
  await using stack = new AsyncDisposableStack()
  let isClosing = false
  const placeOfPostgres = join(dataDir, 'postgres-disk')
  const disk = openOwnDisk(placeOfPostgres)
  if (disk !== null) stack.use(disk)
  const [database, others] = await Promise.all([
    startServices({ dataDir: placeOfPostgres, only: ['postgres'], signal }),
    startServices({
      dataDir: join(dataDir, 'services'),
      only: ['redis', 'kafka'],
      kafkaNodes: its.kafkaNodes,
      signal,
    }),
  ])
  stack.defer(() => Promise.all([database.stop(), others.stop()]).then(() => undefined))
  const { databaseUrl } = database
  const { redisUrl, kafkaBrokers } = others
  if (kafkaBrokers === null || others.kafkaNodes.some(({ pid }) => pid === null))
    throw new Error('Kafka does not run')
  await migrate(databaseUrl, await readMigrations())
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  stack.defer(() => redis.disconnect())

  async function withDb<T>(work: (db: pg.Client) => Promise<T>): Promise<T> {
    const db = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 20_000 })
    db.on('error', () => undefined)
    try {
      await db.connect()
      return await work(db)
    } finally {
      await db.end().catch(() => undefined)
    }
  }

  const reviving = new Map<Managed, Promise<void>>()
  function revive(process: Managed): Promise<void> {
    const under = reviving.get(process)
    if (under !== undefined) return under
    const its = startAgain(process).finally(() => reviving.delete(process))
    reviving.set(process, its)
    return its
  }
  async function startAgain(process: Managed): Promise<void> {
    const until = Date.now() + reviveWithinMs
    for (;;) {
      if (isClosing) return
      try {
        await process.start(signal)
        return
      } catch (fault) {
        if (signal.aborted || Date.now() > until) throw fault
        await rest(250)
      }
    }
  }
  const ordered = new Set<Managed>()
  /** Somebody has to start again what ends by itself, as a service manager would. */
  function supervise(process: Managed): Managed {
    process.onSurpriseEnd((end) => {
      if (isClosing || ordered.has(process)) return
      say(`      ${process.name} ended by itself (${end.signal ?? `code ${end.code}`}) and is started again`)
      revive(process).catch((fault: unknown) => say(`      ${process.name}: ${faultText(fault)}`))
    })
    stack.defer(() => process.stop())
    return process
  }

  for (const process of [database.postgres, others.redis, ...others.kafkaNodes]) supervise(process)

  const ground: Ground = {
    ...{ checkout: dirname(dirname(import.meta.dirname)), logDir: join(dataDir, 'logs') },
    ...{ databaseUrl, redisUrl, kafkaBrokers },
  }
  const moreRoles = spareRoles.filter((role) => !its.without.includes(role))
  const hasModel = moreRoles.includes('read-model')
  const modelPort = await findFreePort()
  const readModelUrl = hasModel ? `http://127.0.0.1:${modelPort}` : null
  const modelEnv = hasModel && {
    READ_MODEL_URL: `http://127.0.0.1:${modelPort}`,
    READ_MODEL_PORT: String(modelPort),
    TALLIES_DATABASE_URL: databaseUrl.replace(/\/[^/]*$/, '/urna_tallies'),
    ADMIN_TOKEN: secrets.ADMIN_TOKEN,
  }
  if (hasModel) await withDb((db) => db.query('create database urna_tallies'))
  const env = { LOG_LEVEL: 'info', GATEWAY_PROCESSES: '1', ...modelEnv }

  const makeGateway = async (name: string, url: string, more: NodeJS.ProcessEnv = {}) => {
    const port = await findFreePort()
    const process = gatewayProcess(ground, {
      ...{ port, secrets, name, uiDir: '' },
      env: { ...env, REDIS_URL: url, ...more },
    })
    return { process, port }
  }
  const makeWorker = async (name: string, role: string, more: NodeJS.ProcessEnv = {}) =>
    queueWorkersProcess(ground, {
      ...{ port: await findFreePort(), secrets, name, roles: [role] },
      env: { ...env, ...more },
    })

  const gateways: ChaosGateway[] = []
  for (const no of [1, 2]) {
    const redisWire = stack.use(await startRedisCutter(redisUrl))
    const { process, port } = await makeGateway(`gateway ${no}`, redisWire.url)
    const wire = stack.use(await startVoterWire(port))
    gateways.push({ process: supervise(process), url: `http://127.0.0.1:${port}`, wire, redisWire })
  }
  const persisters: Stage['persisters'][number][] = []
  for (const no of [1, 2]) {
    const redisWire = stack.use(await startRedisCutter(redisUrl))
    const process = await makeWorker(`persister ${no}`, 'persist', { REDIS_URL: redisWire.url })
    persisters.push({ process: supervise(process), redisWire })
  }
  const publishers: Managed[] = []
  for (const no of [1, 2]) publishers.push(supervise(await makeWorker(`publisher ${no}`, 'publish')))
  const more: Managed[] = []
  for (const role of moreRoles) more.push(supervise(await makeWorker(role, role)))
  // The topics are made by the first publisher, before anybody reads them.
  for (const process of [...gateways, ...persisters].map((one) => one.process)) await process.start(signal)
  for (const process of [...publishers, ...more]) await process.start(signal)

  let visiting: string[] = []
  const open = stack.move()
  const doomedOf = async (kind: 'gateway' | 'persist' | 'publish', point: string) => {
    const name = `doomed ${kind}`
    if (kind !== 'gateway')
      return { process: await makeWorker(name, kind, { CRASH_AT: point }), leave: () => undefined }
    const { process, port } = await makeGateway(name, redisUrl, { CRASH_AT: point })
    const url = `http://127.0.0.1:${port}`
    visiting = [...visiting, url]
    return { process, leave: () => void (visiting = visiting.filter((other) => other !== url)) }
  }
  return {
    troupe: {
      ...{ gateways: gateways.length, persisters: persisters.length, publishers: publishers.length },
      ...{ others: more.length, kafkaNodes: others.kafkaNodes.length, canFillDisk: disk !== null },
    },
    ...{
      gateways,
      persisters,
      publishers,
      others: more,
      disk,
      databaseUrl,
      redisUrl,
      kafkaBrokers,
      readModelUrl,
    },
    ...{ redis, withDb, revive },
    redisServer: others.redis,
    postgres: database.postgres,
    kafka: others.kafkaNodes,
    async endBy(process, signal) {
      const { pid } = process
      if (pid === null) return
      ordered.add(process)
      const ended = new Promise<void>((resolve) => {
        const stop = process.onPid((now) => {
          if (now !== null) return
          stop()
          resolve()
        })
      })
      kill(pid, signal)
      await ended
      await rest(0)
      ordered.delete(process)
    },
    doors: () => [...gateways.map(({ wire }) => wire.url), ...visiting],
    async doomed(kind, point) {
      const { process, leave } = await doomedOf(kind, point)
      let pid = 0
      process.onPid((now) => void (pid = now ?? pid))
      const ended = new Promise<string>((resolve) => {
        process.onSurpriseEnd((end) => resolve(howItEnded(end)))
      })
      // It may meet its point before anybody has seen that it is ready.
      const how = await process.start(signal).then(
        () => Promise.race([ended, rest(doomedWithinMs).then(() => 'no occasion')]),
        (fault: unknown) => (faultText(fault).includes('(SIGKILL)') ? 'SIGKILL' : faultText(fault)),
      )
      leave()
      await process.stop()
      return how === 'SIGKILL'
        ? { happened: true, says: `pid ${pid} died at ${point}` }
        : { happened: false, says: `it did not die at ${point}: ${how}` }
    },
    async [Symbol.asyncDispose]() {
      isClosing = true
      await open.disposeAsync()
    },
  }
}
