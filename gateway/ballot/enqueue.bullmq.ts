/** Puts a batch into the queue and its votes into the memory, as one atomic write that is repeated until it is certain. */
import { readFileSync } from 'node:fs'
import { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { backoffMs } from '../../contracts/backoff.ts'
import { batchQueue, type Batch } from '../../contracts/batch.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import type { Log } from '../../runtime/log.ts'
import { rest } from '../../runtime/rest.ts'
import { pollsOf, type Ground } from './admit.redis.ts'
import { MemoryChanged, type GroupVote } from './judged-vote.ts'

const lua = readFileSync(new URL('seal.lua', import.meta.url), 'utf8')

// BullMQ never rests a batch in `failed`: this many attempts are more than a century of them.
const attemptsWithoutEnd = 1_000_000_000

// Voters wait for this.
const whileUnclearMs = { first: 20, longest: 500 }

export interface Enqueuer {
  /** To be called before the group is judged: a change of memory from now on lets `enqueue` refuse. */
  readonly watchMemory: () => Promise<void>
  /**
   * Resolves when the batch's job and its votes' memory stand on Redis, in its synced file. A lost connection or a
   * lost answer is repeated with the same batchId until Redis says. Throws MemoryChanged, and only that, when the
   * votes were judged by another memory: then nothing was written.
   */
  readonly enqueue: (
    batchId: string,
    batch: Batch,
    votes: readonly GroupVote[],
    ground: Ground,
  ) => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** The connection must be this enqueuer's and its admission's alone: WATCH belongs to a connection. */
export function makeEnqueuer(redis: Redis, log: Log): Enqueuer {
  redis.defineCommand('urnaSeal', { lua })
  const queue = new Queue<Batch, void, typeof batchQueue.job>(batchQueue.name, {
    connection: redis,
    prefix: batchQueue.prefix,
    skipMetasUpdate: true,
  })
  queue.on('error', (error) => log.debug({ reason: error.message }, 'queue'))
  const stopping = new AbortController()

  // A watch dies with its connection: `watched` is the connection's number at the time it was set.
  let connection = 0
  let watched = -1
  redis.on('close', () => connection++)
  const watchMemory = async () => {
    const now = connection
    // A watch of an earlier group, which had nothing to enqueue, is given up first.
    await Promise.all([redis.unwatch(), redis.watch(redisKeys.epoch)])
    watched = now
  }

  /** The same check as the admission script's, for a try on a new connection. */
  async function checkMemory({ epoch, lowestBeat, run, accepted }: Ground): Promise<void> {
    const [epochNow, beat] = await redis.mget(redisKeys.epoch, redisKeys.beat)
    const admitted = await redis.hget(redisKeys.admitted, run)
    const isSame = epochNow === epoch && Number(beat ?? -1) >= lowestBeat && Number(admitted ?? 0) >= accepted
    if (!isSame) throw new MemoryChanged()
  }

  async function tryOnce(
    batchId: string,
    batch: Batch,
    votes: readonly GroupVote[],
    ground: Ground,
  ): Promise<void> {
    if (watched !== connection) {
      await watchMemory()
      await checkMemory(ground)
    }
    const client = await queue.backend.client
    const multi = client.multi()
    const job = new Job(
      queue,
      batchQueue.job,
      batch,
      { attempts: attemptsWithoutEnd, backoff: { type: 'capped' } },
      batchId,
    )
    await job.addJob(multi)
    const { polls, numbers } = pollsOf(votes)
    const keys = [
      redisKeys.admitted,
      redisKeys.reserved,
      `${batchQueue.prefix}:${batchQueue.name}:${batchId}`,
      ...polls.map(({ pollId }) => redisKeys.memory(pollId)),
    ]
    const args: (string | number)[] = [batch.run, batch.accepted, batchId]
    votes.forEach((vote, i) => args.push(numbers[i] ?? 0, `${vote.voterKey} ${vote.voteId}`))
    multi.runCommand('urnaSeal', [keys.length, ...keys, ...args])
    watched = -1
    const results = await multi.exec()
    if (results === null) throw new MemoryChanged()
    for (const [error] of results) if (error !== null) throw error
  }

  return {
    watchMemory,
    async enqueue(batchId, batch, votes, ground) {
      for (let tries = 1; ; tries++) {
        try {
          await tryOnce(batchId, batch, votes, ground)
          return
        } catch (error) {
          if (error instanceof MemoryChanged) throw error
          if (stopping.signal.aborted) throw error
          log.warn({ err: error, batchId, tries }, 'unclear whether a batch was enqueued; trying it again')
          // A script that the server has forgotten is sent anew on a new connection.
          if (error instanceof Error && /NOSCRIPT|NOJOB/.test(error.message)) redis.disconnect(true)
          await rest(backoffMs(tries, whileUnclearMs), stopping.signal)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await queue.close()
    },
  }
}
