/** Real connections for tests that need no whole house: polls of their own, tallies, a line that can be cut. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { PollRecord } from '../contracts/poll.ts'
import { redisChannels, redisKeys } from '../contracts/redis-keys.ts'
import { encodeShard, sumShards, type ShardCounts } from '../contracts/tally.ts'
import { connectRedis } from '../runtime/connect.redis.ts'

export const log = pino({ level: 'silent' })
export const redisUrl = process.env['URNA_TEST_REDIS_URL'] ?? ''
export const databaseUrl = process.env['URNA_TEST_DATABASE_URL'] ?? ''

let count = 0

/** An open poll with two options, known to nobody yet. */
export function newPoll(changes: Partial<PollRecord> = {}): PollRecord {
  const pollId = uuidv7()
  const options = ['a', 'b'].map((optionId) => ({ optionId, text: optionId, colour: null, pictureUrl: null }))
  const box = { boxId: 'audience', voters: 'device' as const, limit: null, weight: 10_000 }
  return {
    ...{ pollId, slug: `poll-${pollId}`, question: 'Which?', description: '', state: 'open' },
    ...{ opensAt: null, closesAt: null, options, boxes: [box], version: 1 },
    // Far above what the database's own counter reaches in a test run.
    pollNo: 1_000_000_000 + (process.pid % 100_000) * 1_000 + count++,
    ...{ rulesVersion: 1, keyVersion: 1, hashTags: 1, graceMs: 2_000, opensAtMs: null, closesAtMs: null },
    ...{ timeZone: 'UTC', visibility: 'live', revealedAt: null, isRehearsal: false },
    ...{ archivedAt: null, round: 1, previousPollId: null },
    ...changes,
  }
}

export async function connectBoth({ command = redisUrl, subscriber: heard = redisUrl } = {}) {
  const stack = new AsyncDisposableStack()
  const open = async (use: 'command' | 'subscriber') => {
    const redis = connectRedis(use === 'command' ? command : heard, use, log)
    stack.defer(() => redis.disconnect())
    if (redis.status !== 'ready') await new Promise<void>((resolve) => redis.once('ready', () => resolve()))
    return redis
  }
  const [redis, subscriber] = [await open('command'), await open('subscriber')]
  return { redis, subscriber, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
type Both = Awaited<ReturnType<typeof connectBoth>>

export function shard(seq: number, counts: readonly number[], no = 0): ShardCounts {
  return { shard: no, seq, asOf: Date.now(), counts }
}

/** As a worker does it: the absolute counts of a shard, and then the announcement. */
export async function writeTally(redis: Both['redis'], pollId: string, counts: ShardCounts): Promise<void> {
  await redis.hset(redisKeys.tally(pollId), String(counts.shard), encodeShard(counts))
}

export async function announce(redis: Both['redis'], pollId: string, counts: ShardCounts): Promise<void> {
  const frame = sumShards(pollId, counts.counts.length, [counts])
  await redis.publish(redisChannels.tally(pollId), JSON.stringify(frame))
}

/** A line to a real service that a test can cut and mend. */
export async function openLine(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  through.hostname = '127.0.0.1'
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: through.toString(),
    cut,
    mend: () => {
      isCut = false
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
