/** A whole Urna for measuring: its services and processes, who they are, and polls to vote in. */
import { dirname, join } from 'node:path'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Managed } from '../local/managed.ts'
import { findFreePort } from '../local/ports.ts'
import { queueWorkersProcess } from '../local/processes.ts'
import { adminAt, secrets, startHouse, type Door, type House } from '../tests/house.ts'
import type { Trees } from './cpu.ts'
import { allEmitted } from './ledger.pg.ts'
import type { Ballot, VotersSetup } from './load/messages.ts'
import { watchQueue, type QueueWatch } from './queue.bullmq.ts'

export interface BenchHouse extends AsyncDisposable {
  readonly house: House
  /** One connection to Postgres, for looks from outside. */
  readonly db: pg.Client
  readonly queue: QueueWatch
  /** Starts so many gateways of one process each, in place of those that run. */
  readonly gateways: (count: number, env?: NodeJS.ProcessEnv) => Promise<readonly Door[]>
  /** Starts workers in place of those that run; 0 = none. */
  readonly workers: (count: number, roles?: readonly string[], env?: NodeJS.ProcessEnv) => Promise<void>
  /** Makes and opens polls at a gateway that runs. */
  readonly polls: (count: number, options?: readonly string[]) => Promise<Ballot[]>
  /** Who votes in these polls: the same for every generator. */
  readonly voters: (ballots: readonly Ballot[], connections: number) => Promise<VotersSetup>
  /** Of the first gateway. */
  readonly gatewayUrl: () => string
  /** Of every gateway and worker that runs: its name, process and address of its metrics. */
  readonly watched: () => readonly Watched[]
  /** The servers that take part, each with its processes. */
  readonly trees: () => Trees
  /** Resolves when the queue is empty and, with workers that publish, Kafka has all. */
  readonly settled: (withinS: number) => Promise<void>
}

export interface Watched {
  readonly kind: 'gateway' | 'workers'
  readonly pid: number
  readonly url: string
}

const production = { NODE_ENV: 'production', LOG_LEVEL: 'warn', GATEWAY_PROCESSES: '1' }

export async function openBenchHouse(its: {
  readonly kafka?: boolean
  readonly signal: AbortSignal
}): Promise<BenchHouse> {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await startHouse({ kafka: its.kafka === true }))
  its.signal.throwIfAborted()
  const db = new pg.Client({ connectionString: house.services.databaseUrl })
  db.on('error', () => undefined)
  await db.connect()
  stack.defer(() => db.end())
  const queue = stack.use(watchQueue(house.services.redisUrl))
  const ground = {
    checkout: dirname(import.meta.dirname),
    logDir: join(house.dataDir, 'logs'),
    databaseUrl: house.services.databaseUrl,
    redisUrl: house.services.redisUrl,
    kafkaBrokers: house.services.kafkaBrokers,
  }
  let doors: Door[] = []
  let workers: { process: Managed; url: string }[] = []
  let workersCount = 0
  let closedPollId: string | null = null

  const firstDoor = (): Door => {
    const [door] = doors
    if (door === undefined) throw new Error('no gateway runs')
    return door
  }
  const pidsOf = (processes: readonly Managed[]) => processes.flatMap(({ pid }) => pid ?? [])
  /** A poll that has ended, one for the whole house. */
  const closedPoll = async (): Promise<string> => {
    if (closedPollId !== null) return closedPollId
    const poll = await house.openPoll(firstDoor())
    await adminAt(firstDoor()).trpc.admin.closePoll.mutate({ pollId: poll.pollId })
    return (closedPollId = poll.pollId)
  }

  const open = stack.move()
  return {
    ...{ house, db, queue },
    async gateways(count, env) {
      await Promise.all(doors.map(({ process }) => process.stop()))
      doors = []
      for (let i = 0; i < count; i++) doors.push(await house.gateway({ env: { ...production, ...env } }))
      return doors
    },
    async workers(count, roles, env) {
      await Promise.all(workers.map(({ process }) => process.stop()))
      workers = []
      for (let i = 0; i < count; i++) {
        const port = await findFreePort()
        const process = queueWorkersProcess(ground, {
          ...{ port, secrets, name: `workers-${++workersCount}`, env: { ...production, ...env } },
          ...(roles && { roles }),
        })
        open.defer(() => process.stop())
        await process.start(its.signal)
        workers.push({ process, url: `http://127.0.0.1:${port}` })
      }
    },
    async polls(count, options = ['samba', 'forro', 'frevo']) {
      const { trpc } = adminAt(firstDoor())
      const made: Ballot[] = []
      for (let i = 0; i < count; i++) {
        const question = `Which dance? ${uuidv7()}`
        const poll = await trpc.admin.createPoll.mutate({ question, options: [...options] })
        const { pollId, options: named } = await trpc.admin.openPoll.mutate({ pollId: poll.pollId })
        made.push({ pollId, optionIds: named.map(({ optionId }) => optionId) })
      }
      return made
    },
    voters: async (ballots, connections) => ({
      ...{ ballots, connections, judge: 'urna', sessionSecret: secrets.SESSION_SECRET },
      ports: doors.map(({ url }) => Number(new URL(url).port)),
      closedPollId: await closedPoll(),
    }),
    gatewayUrl: () => firstDoor().url,
    watched: () => [
      ...doors.map(({ process, url }) => ({ kind: 'gateway' as const, pid: process.pid ?? 0, url })),
      ...workers.map(({ process, url }) => ({ kind: 'workers' as const, pid: process.pid ?? 0, url })),
    ],
    trees() {
      const { redis, postgres, kafka } = house.services
      return {
        gateway: pidsOf(doors.map(({ process }) => process)),
        redis: pidsOf([redis]),
        postgres: pidsOf([postgres]),
        workers: pidsOf(workers.map(({ process }) => process)),
        kafka: pidsOf([kafka]),
      }
    },
    async settled(withinS) {
      await queue.empty(withinS, its.signal)
      if (its.kafka === true) await allEmitted(db, withinS, its.signal)
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
