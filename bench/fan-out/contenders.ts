/** The three who write the same events to the same viewers: bare node:http, the stock way, and Urna. */
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { v7 as uuidv7 } from 'uuid'
import { manage } from '../../local/managed.ts'
import { findFreePort } from '../../local/ports.ts'
import { listens } from '../rivals/start-rival.ts'
import type { BenchHouse } from '../house.ts'
import { collectedMemory, environmentToCollect } from '../collected-memory.ts'
import { makeAnnouncer, type Pace } from './announcer.ts'

export interface Contender {
  readonly name: 'bare' | 'stock' | 'urna'
  readonly pid: number
  readonly port: number
  readonly pollIds: readonly string[]
  readonly pace: Pace
  /** Resident memory in kB, after all garbage was collected. */
  readonly memory: () => Promise<number>
}

const checkout = join(import.meta.dirname, '..', '..')
const polls = 10

export async function openContenders(
  stack: AsyncDisposableStack,
  opened: BenchHouse,
  signal: AbortSignal,
): Promise<readonly Contender[]> {
  const { house } = opened
  const toCollect = environmentToCollect(house.dataDir)
  const memory = (pid: number) => async () => (await collectedMemory(pid, house.dataDir, signal)).rssKb
  const [door] = await opened.gateways(1, toCollect)
  const pid = door?.process.pid
  if (door === undefined || pid == null) throw new Error('no gateway runs')
  const ballots = await opened.polls(polls)
  const pollIds = ballots.map(({ pollId }) => pollId)
  const optionIds = ballots[0]?.optionIds ?? []
  const announce = (ids: readonly string[]) => {
    const redis = new Redis(house.services.redisUrl)
    stack.defer(() => redis.disconnect())
    return makeAnnouncer(redis, ids, optionIds.length)
  }
  const rival = async <Name extends 'bare' | 'stock'>(name: Name, ids: readonly string[]) => {
    const server = await startServer(stack, `${name}-fan-out`, join(house.dataDir, 'logs'), {
      ...toCollect,
      ...{ POLL_IDS: ids.join(','), OPTION_IDS: optionIds.join(','), REDIS_URL: house.services.redisUrl },
    })
    return { name, ...server, pollIds: ids, memory: memory(server.pid) }
  }
  const bare = await rival('bare', pollIds)
  // Polls of its own, so that only one of the two hears each announcement.
  const stock = await rival(
    'stock',
    pollIds.map(() => uuidv7()),
  )
  const paceBare: Pace = async (everyMs) => {
    const body = JSON.stringify({ everyMs })
    const answer = await fetch(`http://127.0.0.1:${bare.port}`, { method: 'POST', body, signal })
    return Number(await answer.text())
  }
  return [
    { ...bare, pace: paceBare },
    { ...stock, pace: announce(stock.pollIds) },
    {
      ...{ name: 'urna', pid, port: Number(new URL(door.url).port), pollIds },
      ...{ pace: announce(pollIds), memory: memory(pid) },
    },
  ]
}

async function startServer(
  stack: AsyncDisposableStack,
  name: string,
  logDir: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly port: number; readonly pid: number }> {
  const port = await findFreePort()
  const server = manage({
    name,
    logFile: join(logDir, `${name}.log`),
    launch: () => ({
      command: process.execPath,
      args: [`bench/fan-out/${name}.ts`],
      cwd: checkout,
      env: { ...process.env, NODE_ENV: 'production', ...env, PORT: String(port) },
    }),
    probe: () => listens(port),
    readyWithinMs: 30_000,
    stopWithinMs: 2_000,
  })
  await server.start()
  stack.defer(() => server.kill())
  return { port, pid: server.pid ?? 0 }
}
