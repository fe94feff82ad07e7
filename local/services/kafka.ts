/** Kafka: one KRaft node that is broker and controller at once. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { runTool, type Launch } from '../child.ts'
import { manage, type Managed } from '../managed.ts'
import { findJava, fetchKafka } from './kafka-program.ts'
import { startOnPorts, type Service, type ServiceSetup } from './service.ts'

export const kafkaWaits = 'events wait in Postgres until Kafka can be reached'

/**
 * Where Kafka cannot run, its address is settled all the same: whoever publishes keeps trying there, and
 * `managed.start()` may succeed later, when what was missing has come.
 */
export async function startKafka(setup: ServiceSetup): Promise<Service & { fault: unknown }> {
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
          launch: () => prepare(setup, folder, port, controllerPort),
          probe: () => describeCluster(`127.0.0.1:${port}`),
          readyWithinMs: 90_000, // after a crash its logs are checked first
          stopWithinMs: 20_000,
        })
        built = { managed, port }
        return managed
      },
    )
    return { url: `127.0.0.1:${port}`, managed, fault: null }
  } catch (fault) {
    if (built === null || setup.signal.aborted) throw fault
    const { managed, port }: { managed: Managed; port: number } = built
    setup.ports.keep('kafka', port)
    return { url: `127.0.0.1:${port}`, managed, fault }
  }
}

/** All that must be there before the broker can be started: Java, the jars, settings, a formatted storage. */
async function prepare(
  setup: ServiceSetup,
  folder: string,
  port: number,
  controllerPort: number,
): Promise<Launch> {
  const java = await findJava(setup)
  const libDir = await fetchKafka(setup)
  const properties = join(folder, 'server.properties')
  const logging = join(folder, 'log4j2.xml')
  writeFileSync(logging, log4j2(join(setup.logDir, 'kafka.log')))
  writeFileSync(properties, settings(port, controllerPort, join(folder, 'data')))
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
    const id = randomBytes(16)
    id[0] = (id[0] ?? 0) & 0x7f // as text it must not begin with a dash: it would be read as an option
    const clusterId = id.toString('base64url')
    const format = ['format', '--ignore-formatted', '-t', clusterId, '-c', properties]
    await runTool(run('kafka.tools.StorageTool', ...format), setup.signal)
  }
  setup.now('starting')
  return run('kafka.Kafka', properties)
}

function settings(port: number, controllerPort: number, folder: string): string {
  const all = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': folder,
    'auto.create.topics.enable': 'false', // topics are created by us, with stated partitions and retention
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
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

async function describeCluster(broker: string): Promise<void> {
  const kafka = new Kafka({
    clientId: 'urna-local',
    brokers: [broker],
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
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
