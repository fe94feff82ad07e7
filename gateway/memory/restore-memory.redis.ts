/** Gives a lane back what Postgres knows, under a new epoch: rules, votes cast, limits, room; the first one also tallies. */
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { v7 as uuidv7 } from 'uuid'
import { laneOfShard } from '../../contracts/lanes.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { encodeShard, type ShardCounts } from '../../contracts/tally.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import type { Log } from '../../runtime/log.ts'
import type { Lane } from '../lanes.ts'
import type { StoredPoll } from '../polls/poll-rows.slonik.ts'
import { rememberedForMs } from '../polls/project-poll.redis.ts'
import { projectIfFit } from '../polls/project-if-fit.ts'
import { restoreVotes, type VoteSource } from './restore-votes.redis.ts'

const writeTallyLua = readFileSync(new URL('../../contracts/write-tally.lua', import.meta.url), 'utf8')

export interface MemorySources extends VoteSource {
  readonly polls: () => Promise<readonly StoredPoll[]>
  readonly shardsOf: (pollNo: number) => Promise<readonly ShardCounts[]>
  readonly receivedSoFar: (batchIds: readonly string[]) => Promise<{
    readonly byShard: readonly { shard: number; received: number }[]
    readonly ofBatches: number
  }>
  readonly queuedBatches: () => Promise<readonly { batchId: string; size: number }[]>
  /** Takes down in Postgres how far the runs of an older file came. */
  readonly mirrorRuns: () => Promise<void>
  readonly mirrorNewEpoch: (epoch: string) => Promise<void>
  /** Writes a poll's rules in this lane; in the first one, its record too. */
  readonly project: (poll: StoredPoll) => Promise<void>
}

/**
 * The epoch is taken away first and set last, so that nobody votes in between, and a restore that dies half-way is
 * begun anew. What an older file still holds is kept where Postgres knows nothing newer: its waiting jobs and
 * their votes are as good as ever. How far its runs came is mirrored before it is forgotten. What each of them accepted of
 * a poll is left as it is: Postgres has at least as much of them then, and who sums up takes the greater. `lanes`: how many the house has. `signal` ends a restore
 * that has lost its right to go on.
 */
export async function restoreMemory(
  lane: Lane,
  lanes: number,
  sources: MemorySources,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = Date.now()
  const { no, redis, keys } = lane
  await redis.del(keys.epoch)
  await sources.mirrorRuns()

  const polls = await sources.polls()
  if (no === 0) await forgetOtherPolls(redis, polls)
  for (const poll of polls) {
    if (no === 0) await restoreTally(redis, poll.pollId, await sources.shardsOf(poll.pollNo))
    if (no < poll.hashTags) await projectIfFit(sources.project, poll, log)
  }
  let votes = 0
  for (const poll of polls) {
    signal.throwIfAborted()
    votes += await restoreVotes(lane, poll, sources)
  }
  await endWithTheirPolls(lane, await sources.polls())
  await restoreRoom(lane, lanes, sources)

  signal.throwIfAborted()
  const epoch = uuidv7()
  await sources.mirrorNewEpoch(epoch)
  await redis.set(keys.beat, 1)
  await redis.set(keys.epoch, epoch)
  log.info(
    { lane: no, polls: polls.length, votes, tookMs: Date.now() - startedAt, epoch },
    'restored the memory of Redis',
  )
}

/** Polls of an older file that have been deleted since. */
async function forgetOtherPolls(redis: Redis, polls: readonly StoredPoll[]): Promise<void> {
  const standing = new Set(polls.map(({ pollId }) => pollId))
  const gone = (await redis.hkeys(redisKeys.polls)).filter((pollId) => !standing.has(pollId))
  if (gone.length > 0) await redis.hdel(redisKeys.polls, ...gone)
}

/** A poll may have closed while its votes were restored as those of an open one. */
async function endWithTheirPolls({ redis, keys }: Lane, polls: readonly StoredPoll[]): Promise<void> {
  const writing = redis.pipeline()
  for (const poll of polls) {
    const forMs = rememberedForMs(poll)
    if (forMs !== null) writing.pexpire(keys.memory(poll.pollId), Math.max(forMs, 1))
  }
  await execAll(writing)
}

/** Whether a lane holds the memory that Postgres mirrors. */
export async function holdsMirrored(
  { redis, keys }: Lane,
  mirror: { epoch: string; beat: number },
): Promise<boolean> {
  const [epoch, beat] = await redis.mget(keys.epoch, keys.beat)
  return epoch === mirror.epoch && Number(beat ?? -1) >= mirror.beat
}

/** All shards of the poll in one write; one that a worker has brought further meanwhile stays as it is. */
async function restoreTally(redis: Redis, pollId: string, shards: readonly ShardCounts[]): Promise<void> {
  const values = shards.flatMap((shard) => [shard.shard, shard.seq, encodeShard(shard)])
  await redis.eval(writeTallyLua, 1, redisKeys.tally(pollId), 'whole', ...values)
}

/** waiting = admitted - received begins again as: what still lies in the lane's queue and not in the ledger. */
async function restoreRoom({ no, redis, keys }: Lane, lanes: number, sources: MemorySources): Promise<void> {
  // The queue first: a batch that is stored meanwhile is then seen in both, and cancels out.
  const queued = await sources.queuedBatches()
  const { byShard: ofAll, ofBatches } = await sources.receivedSoFar(queued.map(({ batchId }) => batchId))
  const byShard = ofAll.filter(({ shard }) => laneOfShard(shard, lanes) === no)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)
  const waiting = sum(queued.map(({ size }) => size)) - ofBatches
  await execAll(
    redis
      .multi()
      .del(keys.admitted, keys.received, keys.batches)
      .hset(keys.admitted, 'before', sum(byShard.map(({ received }) => received)) + waiting)
      .hset(
        keys.received,
        Object.fromEntries(byShard.map(({ shard, received }) => [String(shard), received])),
      ),
  )
}
