/** Starts Postgres, Redis, Kafka and the read model's Postgres without Docker, side by side, and stops them in order. */
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { checkDisk } from './data-folder.ts'
import { unmanaged, type Managed } from './managed.ts'
import { openPortBook } from './ports.ts'
import { kafkaWaits, startKafka, startKafkaCluster } from './services/kafka.ts'
import { kafkaLibDir } from './services/kafka-program.ts'
import { startPostgres, startTallies } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'
import type { Service, ServiceSetup } from './services/service.ts'
import { silent, type Report } from './report.ts'
import { lineFor } from './trouble.ts'

/** tallies: the Postgres of the read model. */
export type ServiceName = 'postgres' | 'redis' | 'kafka' | 'tallies'

export interface ServicesOptions {
  /** Data, logs and remembered ports live here; made when missing. */
  readonly dataDir: string
  /** Start only these; default all but tallies. */
  readonly only?: readonly ServiceName[]
  /** How many nodes Kafka has; default one. */
  readonly kafkaNodes?: number
  /** Services of your own: what is given here is not started. */
  readonly given?: {
    readonly databaseUrl?: string
    readonly redisUrl?: string
    readonly kafkaBrokers?: string
    readonly talliesDatabaseUrl?: string
  }
  /** Ports that must be these; the others are found free. */
  readonly ports?: Partial<Record<ServiceName, number>>
  readonly report?: Report
  readonly signal?: AbortSignal
}

export interface Services extends AsyncDisposable {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** `host:port`, comma separated; null where Kafka was not asked for. It is settled even while Kafka cannot run. */
  readonly kafkaBrokers: string | null
  /** Null where it was not asked for. */
  readonly talliesDatabaseUrl: string | null
  /** Where Kafka's jars lie, for its own tools; null where there are none. */
  readonly kafkaLibDir: string | null
  readonly postgres: Managed
  readonly redis: Managed
  /** The first node, where there are several. */
  readonly kafka: Managed
  readonly tallies: Managed
  readonly kafkaNodes: readonly Managed[]
  /** Process ids as they are now; a service that is not ours or not running has none. */
  readonly pids: Partial<Record<ServiceName, number>>
  /** The read model's Postgres, Kafka, Redis, Postgres: in that order. */
  stop(): Promise<void>
}

export async function startServices(options: ServicesOptions): Promise<Services> {
  const { dataDir, only = ['postgres', 'redis', 'kafka'], given = {}, report = silent } = options
  const { kafkaNodes = 1 } = options
  mkdirSync(dataDir, { recursive: true })
  checkDisk(dataDir)
  // One that fails must not leave the others half-started: it ends their starts too, and all that stand are stopped.
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const setup = {
    dataDir,
    logDir: join(dataDir, 'logs'),
    cacheDir: cacheFolder(),
    ports: openPortBook(dataDir),
    say: report.say,
    signal,
  }
  mkdirSync(setup.cacheDir, { recursive: true })

  async function begin(
    name: ServiceName,
    givenUrl: string | undefined,
    startService: (setup: ServiceSetup) => Promise<Service>,
  ): Promise<Service> {
    const title = titles[name]
    if (!only.includes(name)) return { url: '', managed: unmanaged(title, 'it was not asked for') }
    if (givenUrl !== undefined) {
      await report.step(title, () => Promise.resolve('yours, not started'))
      return { url: givenUrl, managed: unmanaged(title, 'its address was given') }
    }
    try {
      const askedPort = options.ports?.[name] ?? null
      return await report.step(title, (now) => startService({ ...setup, askedPort, now }))
    } catch (fault) {
      failed.abort(fault)
      throw fault
    }
  }

  const first = begin('postgres', given.databaseUrl, startPostgres)
  let nodes: readonly Managed[] = []
  const starts = [
    first,
    begin('redis', given.redisUrl, startRedis),
    begin('kafka', given.kafkaBrokers, async (its) => {
      const kafka = kafkaNodes === 1 ? await startKafka(its) : await startKafkaCluster(its, kafkaNodes)
      nodes = kafka.nodes
      if (kafka.fault !== null)
        report.say(`Kafka cannot run for now: ${lineFor(kafka.fault)}; ${kafkaWaits}.`)
      return kafka
    }),
    // Behind the other: where root runs this, both share what the first has to make.
    first.then(
      () => begin('tallies', given.talliesDatabaseUrl, startTallies),
      () => ({ url: '', managed: unmanaged(titles.tallies, 'Postgres did not start') }),
    ),
  ] as const
  const settled = await Promise.allSettled(starts)
  const stop = async () => {
    for (const start of settled.toReversed()) {
      if (start.status === 'fulfilled') await report.stopping(start.value.managed)
    }
    await Promise.all(nodes.slice(1).map((node) => report.stopping(node)))
  }
  const fault = settled.find((start) => start.status === 'rejected')
  if (fault !== undefined) {
    await stop()
    throw failed.signal.aborted ? failed.signal.reason : fault.reason
  }
  const [postgres, redis, kafka, tallies] = await Promise.all(starts)
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    kafkaBrokers: kafka.url === '' ? null : kafka.url,
    talliesDatabaseUrl: tallies.url === '' ? null : tallies.url,
    get kafkaLibDir() {
      const libDir = kafkaLibDir(setup.cacheDir)
      return existsSync(libDir) ? libDir : null
    },
    postgres: postgres.managed,
    redis: redis.managed,
    kafka: kafka.managed,
    tallies: tallies.managed,
    kafkaNodes: nodes,
    get pids() {
      const all = { postgres, redis, kafka, tallies }
      const pids = Object.fromEntries(Object.entries(all).map(([name, { managed }]) => [name, managed.pid]))
      return Object.fromEntries(Object.entries(pids).filter(([, pid]) => pid !== null))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const titles = { postgres: 'Postgres', redis: 'Redis', kafka: 'Kafka', tallies: 'Read model' } as const

/** npm.mjs names the same folder. An empty variable counts as not set. */
export function cacheFolder(): string {
  const { URNA_CACHE_DIR: own, XDG_CACHE_HOME: shared } = process.env
  return own || join(shared || join(homedir(), '.cache'), 'urna')
}
