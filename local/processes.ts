/** The processes of ours as things that can be started: the gateway, the queue workers, the crowd. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { manage, type Managed } from './managed.ts'
import { workersHeap } from '../runtime/node-options.ts'
import type { Secrets } from './secrets.ts'

// A gateway takes every core; a try-out leaves some for the stores and the browser (90 MB each).
const mostProcesses = 4

export interface Ground {
  readonly checkout: string
  readonly logDir: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly kafkaBrokers: string | null
  /** Where the read model keeps and answers; absent where there is none. */
  readonly readModel?: { readonly databaseUrl: string; readonly port: number }
}

/** `name` tells several of them apart in tests; it names the log as well. */
export function gatewayProcess(
  ground: Ground,
  its: { port: number; secrets: Secrets; uiDir: string; name?: string; env?: NodeJS.ProcessEnv },
): Managed {
  const processes =
    process.env['GATEWAY_PROCESSES'] ?? String(Math.min(availableParallelism(), mostProcesses))
  const env = {
    ...stores(ground),
    ...readModelAddress(ground),
    ...its.secrets,
    GATEWAY_PROCESSES: processes,
    HOST: '127.0.0.1',
    UI_DIR: its.uiDir,
    ...its.env,
  }
  return nodeProcess(ground, its.name ?? 'gateway', its.port, ['gateway/main.ts'], env)
}

/** Without `roles` it plays all of them. */
export function queueWorkersProcess(
  ground: Ground,
  its: {
    port: number
    secrets: Secrets
    roles?: readonly string[]
    name?: string
    env?: NodeJS.ProcessEnv
  },
): Managed {
  const { SIGNING_KEY, ADMIN_TOKEN } = its.secrets
  const kafka = ground.kafkaBrokers === null ? {} : { KAFKA_BROKERS: ground.kafkaBrokers }
  const roles = its.roles === undefined ? [] : ['--roles', its.roles.join(',')]
  const own = { ...readModelAddress(ground), ...readModelStore(ground), SIGNING_KEY, ADMIN_TOKEN }
  const env = { ...stores(ground), ...kafka, ...own, HOST: '127.0.0.1', ...its.env }
  const args = [...workersHeap, 'queue-workers/main.ts', ...roles]
  return nodeProcess(ground, its.name ?? 'queue-workers', its.port, args, env)
}

export function crowdProcess(ground: Ground, its: { people: number; trpcUrl: string }): Managed {
  const args = [
    join(ground.checkout, 'local/crowd.ts'),
    '--people',
    String(its.people),
    '--trpc-url',
    its.trpcUrl,
  ]
  return manage({
    name: 'crowd',
    logFile: join(ground.logDir, 'crowd.log'),
    launch: () => ({ command: process.execPath, args, cwd: ground.checkout }),
    probe: () => Promise.resolve(), // it serves nobody: it is ready once it runs
    readyWithinMs: 10_000,
    stopWithinMs: 5_000,
  })
}

const stores = (ground: Ground) => ({ DATABASE_URL: ground.databaseUrl, REDIS_URL: ground.redisUrl })

const readModelAddress = ({ readModel }: Ground) =>
  readModel === undefined ? {} : { READ_MODEL_URL: `http://127.0.0.1:${readModel.port}` }

const readModelStore = ({ readModel }: Ground) =>
  readModel === undefined
    ? {}
    : { TALLIES_DATABASE_URL: readModel.databaseUrl, READ_MODEL_PORT: String(readModel.port) }

function nodeProcess(
  ground: Ground,
  name: string,
  port: number,
  args: string[],
  own: NodeJS.ProcessEnv,
): Managed {
  const env = {
    ...process.env,
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'info',
    ...own,
    PORT: String(port),
  }
  return manage({
    name,
    logFile: join(ground.logDir, `${name}.log`),
    launch: () => ({
      command: process.execPath,
      args: ['--disable-warning=TimeoutNegativeWarning', ...args],
      cwd: ground.checkout,
      env,
    }),
    probe: () => isReadyOn(port),
    readyWithinMs: 60_000,
    stopWithinMs: 30_000, // longer than they give themselves to finish what they have begun
  })
}

async function isReadyOn(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`/readyz answers ${answer.status}: ${text.slice(0, 300)}`)
}
