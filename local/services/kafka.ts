/** Kafka: one KRaft node, or several, each of them broker and controller at once. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { inSyncOf } from '../../contracts/events.ts'
import { runTool, type Launch } from '../child.ts'
import { manage, unmanaged, type Managed } from '../managed.ts'
import { findFreePort } from '../ports.ts'
import { findKafka } from './kafka-program.ts'
import { startOnPorts, type Service, type ServiceSetup } from './service.ts'

export const kafkaWaits = 'events wait in Postgres until Kafka can be reached'

export interface KafkaService extends Service {
  readonly nodes: readonly Managed[]
  /** Why it cannot run for now. */
  readonly fault: unknown
}

/**
 * Where Kafka cannot run, its address is settled all the same: whoever publishes keeps trying there, and
 * `managed.start()` may succeed later, when what was missing has come.
 */
export async function startKafka(setup: ServiceSetup): Promise<KafkaService> {
  const folder = join(setup.dataDir, 'kafka')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const names = ['kafka', 'kafka-controller'] as const
  let built: { managed: Managed; port: number } | null = null
  try {
    const { managed, port } = await startOnPorts(
      setup,
      { names, setting: 'KAFKA_PORT' },
      (port, controllerPort = 0) => {
        const managed = manage({
          name: 'Kafka',
          logFile: join(setup.logDir, 'kafka.out.log'),
          launch: () => prepare(setup, alone(folder, port, controllerPort)),
          probe: () => describeCluster(`127.0.0.1:${port}`, 1),
          readyWithinMs: 90_000, // after a crash its logs are checked first
          stopWithinMs: 20_000,
        })
        built = { managed, port }
        return managed
      },
    )
    return { url: `127.0.0.1:${port}`, managed, nodes: [managed], fault: null }
  } catch (fault) {
    if (built === null || setup.signal.aborted) throw fault
    const { managed, port }: { managed: Managed; port: number } = built
    setup.ports.keep('kafka', port)
    return { url: `127.0.0.1:${port}`, managed, nodes: [managed], fault }
  }
}

/**
 * Several nodes: each message stands on all of them, and one may be away. They are started together, since one alone
 * finds no majority. Unlike the single one this cluster must run: whoever asks for it wants its faults.
 */
export async function startKafkaCluster(setup: ServiceSetup, size: number): Promise<KafkaService> {
  const clusterId = newClusterId()
  const ports: { port: number; controllerPort: number }[] = []
  const free = new Set<number>()
  while (free.size < 2 * size) free.add(await findFreePort())
  const found = [...free]
  for (let i = 0; i < size; i++) {
    ports.push({ port: found[2 * i] ?? 0, controllerPort: found[2 * i + 1] ?? 0 })
  }
  const voters = ports.map(({ controllerPort }, i) => `${i + 1}@127.0.0.1:${controllerPort}`).join(',')
  const nodes = ports.map((its, i) => {
    const folder = join(setup.dataDir, `kafka-${i + 1}`)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const name = `Kafka node ${i + 1}`
    return manage({
      name,
      logFile: join(setup.logDir, `kafka-${i + 1}.out.log`),
      launch: () => prepare(setup, { ...its, id: i + 1, folder, voters, size, clusterId }),
      probe: () => describeCluster(`127.0.0.1:${its.port}`, 1),
      readyWithinMs: 90_000,
      stopWithinMs: 20_000,
    })
  })
  const begun = await Promise.allSettled(nodes.map((node) => node.start(setup.signal)))
  const fault = begun.find((start) => start.status === 'rejected')
  const url = ports.map(({ port }) => `127.0.0.1:${port}`).join(',')
  if (fault !== undefined) {
    await Promise.all(nodes.map((node) => node.stop()))
    throw fault.reason
  }
  // A topic that is made before all are there would have fewer copies than may be lost.
  for (let tries = 1; ; tries++) {
    try {
      await describeCluster(url, size)
      break
    } catch (fault) {
      if (tries === 60) throw fault
      await rest(250, undefined, { signal: setup.signal })
    }
  }
  const [managed = unmanaged('Kafka', 'it has no nodes')] = nodes
  return { url, managed, nodes, fault: null }
}

/** What one node has to know of itself and of the others. */
interface NodePlan {
  readonly id: number
  readonly folder: string
  readonly port: number
  readonly controllerPort: number
  /** All controllers, as `id@host:port`. */
  readonly voters: string
  readonly size: number
  readonly clusterId: string
}

const alone = (folder: string, port: number, controllerPort: number): NodePlan => ({
  ...{ id: 1, folder, port, controllerPort, size: 1 },
  voters: `1@127.0.0.1:${controllerPort}`,
  clusterId: newClusterId(),
})

/** As text it must not begin with a dash: the storage tool would read it as an option. */
function newClusterId(): string {
  const id = randomBytes(16)
  id[0] = (id[0] ?? 0) & 0x7f
  return id.toString('base64url')
}

/** All that must be there before the broker can be started: Java, the jars, settings, a formatted storage. */
async function prepare(setup: ServiceSetup, node: NodePlan): Promise<Launch> {
  const { folder, clusterId } = node
  const { java, libDir } = await findKafka(setup)
  const properties = join(folder, 'server.properties')
  const logging = join(folder, 'log4j2.xml')
  writeFileSync(logging, log4j2(join(setup.logDir, node.size === 1 ? 'kafka.log' : `kafka-${node.id}.log`)))
  writeFileSync(properties, settings(node))
  // The small heap and the simple compiler and collector keep a broker of a few topics near 170 MB, up in 2 s.
  const jvm = [
    '-Xmx384m',
    '-Xms96m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
  ]
  const run = (main: string, ...args: string[]): Launch => ({
    command: java,
    args: [...jvm, `-Dlog4j2.configurationFile=${logging}`, '-cp', `${libDir}/*`, main, ...args],
    cwd: folder,
  })
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    setup.now('formatting its storage')
    const format = ['format', '--ignore-formatted', '-t', clusterId, '-c', properties]
    await runTool(run('kafka.tools.StorageTool', ...format), setup.signal)
  }
  setup.now('starting')
  return run('kafka.Kafka', properties)
}

function settings({ id, port, controllerPort, voters, size, folder }: NodePlan): string {
  // Where there are three, two are enough to write: one may be lost.
  const copies = String(Math.min(3, size))
  const inSync = String(inSyncOf(size))
  const all = {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'min.insync.replicas': inSync,
    'auto.create.topics.enable': 'false', // topics are created by us, with stated partitions and retention
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0', // one reader at a time: nobody else to wait for
    // A broker that was killed may come back only when its old session has run out: 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '1000',
    // One node has no followers to whom an empty record each half second would say that it lives, and few clients:
    // eleven threads that look for work take a third of what it needs when there is none.
    'metadata.max.idle.interval.ms': '10000',
    'num.network.threads': '1',
    'num.io.threads': '2',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '16777216',
    'log.index.size.max.bytes': '1048576',
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function log4j2(file: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <RollingFile name="file" fileName="${file}" filePattern="${file}.%i">
      <PatternLayout pattern="%d{ISO8601} %p %c{1}: %m%n"/>
      <Policies><SizeBasedTriggeringPolicy size="10MB"/></Policies>
      <DefaultRolloverStrategy max="1"/>
    </RollingFile>
  </Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
`
}

async function describeCluster(brokerList: string, least: number): Promise<void> {
  const kafka = new Kafka({
    clientId: 'urna-local',
    brokers: brokerList.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { brokers, controller } = await admin.describeCluster()
    if (brokers.length === 0 || controller === null) throw new Error('the cluster has no controller yet')
    if (brokers.length < least) throw new Error(`${brokers.length} of ${least} Kafka nodes are there`)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
