/** A whole Urna of a test's own: its services, gateways and workers as real processes that can be killed. */
import { dirname, join } from 'node:path'
import pg from 'pg'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { makeUrnaClient, type UrnaClient } from '../contracts/client.ts'
import type { Poll } from '../contracts/poll.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import type { Managed } from '../local/managed.ts'
import { silent, type Report } from '../local/report.ts'
import { findFreePort, isFree } from '../local/ports.ts'
import { gatewayProcess, queueWorkersProcess } from '../local/processes.ts'
import { makeTempFolder, removeTempFolder } from '../local/temp-folder.ts'
import { startServices, type ServiceName, type Services } from '../local/services.ts'
import { connectRedis } from '../runtime/connect.redis.ts'
import { migrate, readMigrations } from '../sql/migrate.pg.ts'

export const secrets = {
  SESSION_SECRET: 'a session secret that only tests know',
  VOTER_SECRET: 'a voter secret that only the tests know',
  ADMIN_TOKEN: 'an-admin-token-that-only-tests-know',
  // 32 bytes, all 7.
  SIGNING_KEY: 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc',
} as const

export interface Door {
  readonly process: Managed
  readonly url: string
  readonly trpcUrl: string
}

export interface House extends AsyncDisposable {
  readonly services: Services
  /** A folder of this test's own. */
  readonly dataDir: string
  /** Where the services keep their data, one folder each. */
  readonly servicesDir: string
  readonly redis: Redis
  /** Where the read model answers, once workers play its role; '' where none was asked for. */
  readonly readModelUrl: string
  /** Rows of one query on a connection of its own. */
  readonly rows: <T extends object>(text: string, values?: unknown[]) => Promise<T[]>
  /** Locks what the query selects, until it is let go. */
  readonly holdRow: (text: string, values?: unknown[]) => Promise<{ letGo: () => Promise<void> }>
  /** Starts a gateway; the same port again where one is given. */
  readonly gateway: (its?: { port?: number; env?: NodeJS.ProcessEnv; waitReady?: boolean }) => Promise<Door>
  readonly workers: (its?: {
    roles?: string[]
    env?: NodeJS.ProcessEnv
    waitReady?: boolean
  }) => Promise<Managed>
  /** A poll with these options, made and opened at that door. */
  readonly openPoll: (door: Door, options?: string[]) => Promise<Poll>
}

/**
 * Without Kafka unless it is asked for: it takes half of the start. The read model is its reader. `redisUrl`: on a Redis of
 * the test's own.
 */
export async function startHouse(
  its: { kafka?: boolean; readModel?: boolean; redisUrl?: string } = {},
): Promise<House> {
  await using stack = new AsyncDisposableStack()
  const dataDir = makeTempFolder('urna-house-')
  stack.defer(() => removeTempFolder(dataDir))
  const only: ServiceName[] = ['postgres', 'redis']
  if (its.kafka === true) only.push('kafka')
  if (its.readModel === true) only.push('tallies')
  const { services, servicesDir } = await startAll(dataDir, only, its.redisUrl)
  stack.defer(() => services.stop())
  await migrate(services.databaseUrl, await readMigrations())
  const redis = connectRedis(services.redisUrl, 'worker', pino({ level: 'silent' }), redisKeys.epoch)
  stack.defer(() => redis.disconnect())

  const { talliesDatabaseUrl } = services
  const readModel =
    talliesDatabaseUrl === null ? null : { databaseUrl: talliesDatabaseUrl, port: await findFreePort() }
  const ground = {
    checkout: dirname(import.meta.dirname),
    logDir: join(dataDir, 'logs'),
    databaseUrl: services.databaseUrl,
    redisUrl: services.redisUrl,
    kafkaBrokers: services.kafkaBrokers,
    ...(readModel !== null && { readModel }),
  }
  const uiDir = process.env['URNA_TEST_UI_DIR'] ?? ''
  // What is started later is stopped first, with the whole house.
  let whole = stack
  let count = 0
  /** A port that was found free may be another house's by the time it is bound: then another is taken. */
  const onPort = async (asked: number | undefined, waitReady: boolean, make: (port: number) => Managed) => {
    for (let tries = 1; ; tries++) {
      const port = asked ?? (await findFreePort())
      const process = make(port)
      whole.defer(() => process.stop())
      const starting = process.start()
      if (!waitReady) starting.catch(() => undefined)
      else {
        try {
          await starting
        } catch (fault) {
          if (asked !== undefined || tries === 3 || (await isFree(port))) throw fault
          continue
        }
      }
      return { process, port }
    }
  }
  const house: Omit<House, typeof Symbol.asyncDispose> = {
    ...{ services, dataDir, servicesDir, redis },
    readModelUrl: readModel === null ? '' : `http://127.0.0.1:${readModel.port}`,
    async rows<T extends object>(text: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString: services.databaseUrl })
      await client.connect()
      try {
        return (await client.query<T>(text, values)).rows
      } finally {
        await client.end()
      }
    },
    async holdRow(text, values = []) {
      const client = new pg.Client({ connectionString: services.databaseUrl })
      await client.connect()
      await client.query('begin')
      await client.query(text, values)
      return { letGo: () => client.end() }
    },
    async gateway({ port: asked, env, waitReady = true } = {}) {
      const name = `gateway-${++count}`
      const { process, port } = await onPort(asked, waitReady, (port) =>
        gatewayProcess(ground, { port, secrets, uiDir, name, env: { GATEWAY_PROCESSES: '1', ...env } }),
      )
      const url = `http://127.0.0.1:${port}`
      return { process, url, trpcUrl: `${url}/trpc` }
    },
    async workers({ roles, env, waitReady = true } = {}) {
      const name = `queue-workers-${++count}`
      // One at a time has the read model's port; others who play its role find one of their own.
      const isTaken = readModel !== null && !(await isFree(readModel.port))
      const all = { ...(isTaken && { READ_MODEL_PORT: '0' }), ...env }
      const { process } = await onPort(undefined, waitReady, (port) =>
        queueWorkersProcess(ground, { port, secrets, name, ...(roles && { roles }), env: all }),
      )
      return process
    },
    async openPoll(door, options = ['Samba', 'Forro', 'Frevo']) {
      const { trpc } = adminAt(door)
      const { pollId } = await trpc.admin.createPoll.mutate({ question: `Which dance? ${uuidv7()}`, options })
      return trpc.admin.openPoll.mutate({ pollId })
    },
  }
  whole = stack.move()
  return { ...house, [Symbol.asyncDispose]: () => whole.disposeAsync() }
}

/**
 * `npm start` goes on without a Kafka that cannot run, and says why; a test that asked for one must not. Where houses
 * are built side by side, one may lose the race for a port: it is built again.
 */
async function startAll(
  dataDir: string,
  only: readonly ServiceName[],
  redisUrl: string | undefined,
): Promise<{ services: Services; servicesDir: string }> {
  const said: string[] = []
  const report: Report = { ...silent, say: (line) => void said.push(line) }
  for (let tries = 1; ; tries++) {
    const servicesDir = join(dataDir, `services-${tries}`)
    const services = await startServices({
      ...{ dataDir: servicesDir, only, report },
      ...(redisUrl !== undefined && { given: { redisUrl } }),
    })
    if (!only.includes('kafka') || services.kafka.pid !== null) return { services, servicesDir }
    await services.stop()
    if (tries === 3) throw new Error(said.join('\n'))
    console.log(said.at(-1))
  }
}

export function adminAt(door: Door): UrnaClient {
  return makeUrnaClient({ trpcUrl: door.trpcUrl, adminToken: secrets.ADMIN_TOKEN })
}

/** A person with a session of their own. */
export function voterAt(door: Door, giveUpAfterMs = 60_000): UrnaClient {
  return makeUrnaClient({ trpcUrl: door.trpcUrl, giveUpAfterMs })
}

/** Asks every 25 ms until the answer is there; the last answer is in the error. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  const end = Date.now() + withinMs
  let fault: unknown = null
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== null && answer !== undefined && answer !== false) return answer
    } catch (error) {
      fault = error
    }
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`, { cause: fault })
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
