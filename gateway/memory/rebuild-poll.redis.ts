/** Rebuilds what Redis has of one poll from Postgres, while votes go on: its record, rules, voters and tally. */
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import type { DatabasePool } from 'slonik'
import { compareTally } from '../../contracts/mends.ts'
import { laneOfVoter } from '../../contracts/lanes.ts'
import type { PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { encodeShard } from '../../contracts/tally.ts'
import { onEach, type Lanes } from '../lanes.ts'
import { Trouble } from '../../runtime/trouble.ts'
import { lockPoll, readPoll, recordOf } from '../polls/poll-rows.slonik.ts'
import { projectAnew, rememberedForMs, resumeVoting, stopVoting } from '../polls/project-poll.redis.ts'
import { catchUp } from './catch-up.ts'
import { withRestoreLock } from './memory-lock.pg.ts'
import { readMirror } from './mirror.slonik.ts'
import { markStored, votesBetween } from './newer-votes.slonik.ts'
import { queuedVotes } from './queued-batches.bullmq.ts'
import { holdsMirrored } from './restore-memory.redis.ts'
import { addVotes, makeWhole } from './restore-votes.redis.ts'
import { votesToRestore, type StoredVote } from './votes-to-restore.slonik.ts'

const writeTallyLua = readFileSync(new URL('../../contracts/write-tally.lua', import.meta.url), 'utf8')
const mendTallyLua = readFileSync(new URL('../../contracts/mend-tally.lua', import.meta.url), 'utf8')

const votesPerPage = 1_000
// A stop that was forgotten ends by itself after 30 s: by then voting must not be stopped any more.
const stoppedForMs = 20_000

/**
 * remembered: votes of the poll that its voters are known by. waiting: those of them that are not stored yet. caughtUp:
 * those that were stored meanwhile and added while votes went on; late: those that were added while they were held back.
 */
export type Rebuilt =
  | { readonly is: 'unknown-poll' | 'other-memory' }
  | {
      readonly is: 'rebuilt'
      readonly remembered: number
      readonly waiting: number
      readonly caughtUp: number
      readonly late: number
      readonly mendedShards: number
      /** For how long votes were held back. */
      readonly stoppedMs: number
    }

/**
 * Under the restore locks of all lanes. The voters are gathered under a name of their own, while votes go on, and so is
 * what is stored meanwhile, until little is left. Then votes for this poll are held back (their senders try again by
 * themselves), what waits in the queue and what was stored last is added, and the names are changed. A
 * process that dies on the way leaves the old voters; voting goes on within 30 s. What each run accepted of the poll is
 * not touched: only Redis knows the last of it.
 */
export function rebuildPoll(
  parts: {
    readonly lanes: Lanes
    readonly pool: DatabasePool
    readonly databaseUrl: string
    /** Told of the votes read so far; the reading waits for it. */
    readonly onRead: (votes: number) => void | Promise<void>
  },
  pollId: string,
): Promise<Rebuilt> {
  const { lanes, pool, databaseUrl } = parts
  const locks = lanes.map(({ no }) => no)
  return withRestoreLock(databaseUrl, locks, async (signal) => {
    const found = await readPoll(pool, pollId)
    if (found === null) return { is: 'unknown-poll' }
    const its = lanes.slice(0, found.hashTags)
    for (const lane of its) {
      const mirror = await readMirror(pool, lane.no)
      if (mirror === null || !(await holdsMirrored(lane, mirror))) return { is: 'other-memory' }
    }

    let mark = await markStored(pool, found.pollNo)
    const forMs = rememberedForMs(found)
    const isRemembered = forMs === null || forMs > 0
    let stored = 0
    for (const lane of its) {
      await lane.redis.del(lane.keys.restoring(pollId))
      const before = stored
      const read = readVotes(
        { pool, onRead: (votes) => parts.onRead(before + votes) },
        found,
        lane.no,
        signal,
      )
      if (isRemembered) stored += await addVotes(lane, found, read, forMs)
    }
    signal.throwIfAborted()

    /** Adds what was stored since it was called last, or since the reading began; answers how many votes. */
    const addNewer = async (goOn: () => void) => {
      const now = await markStored(pool, found.pollNo)
      let added = 0
      for await (const votes of votesBetween(pool, found.pollNo, mark, now)) {
        for (const lane of its) {
          goOn()
          await addVotes(lane, found, pages(votes.filter(isOfLane(found, lane.no))), forMs)
        }
        added += votes.length
      }
      mark = now
      return added
    }
    const caughtUp = isRemembered ? await catchUp(() => addNewer(() => signal.throwIfAborted())) : 0

    const stoppedAt = performance.now()
    const stillStopped = () => {
      signal.throwIfAborted()
      if (performance.now() - stoppedAt > stoppedForMs)
        throw new Trouble('What came in meanwhile could not be read in time; nothing was changed.')
    }
    let [waiting, late] = [0, 0]
    let isResumed = false
    await stopVoting(lanes, pollId)
    try {
      if (isRemembered) {
        // The queues first: what leaves them meanwhile is stored by then.
        for (const lane of its) {
          const queued = await queuedVotes(lane, found.pollNo)
          waiting += await addVotes(lane, found, pages(queued), forMs)
        }
        late = await addNewer(stillStopped)
        stillStopped()
        await onEach(its, async (lane) => {
          if (!(await makeWhole(lane, pollId, forMs))) await lane.redis.del(lane.keys.memory(pollId))
        })
      }
      isResumed = await pool.transaction(async (tx) => {
        const poll = await lockPoll(tx, pollId)
        if (poll !== null) await projectAnew(lanes, recordOf(poll), !poll.everOpened)
        return poll !== null
      })
    } finally {
      if (!isResumed) await resumeVoting(lanes, pollId)
    }
    const stoppedMs = Math.round(performance.now() - stoppedAt)
    const mendedShards = await rebuildTally(lanes[0].redis, pool, found)
    return { is: 'rebuilt', remembered: stored, waiting, caughtUp, late, mendedShards, stoppedMs }
  })
}

async function* readVotes(
  { pool, onRead }: { readonly pool: DatabasePool; readonly onRead: (votes: number) => void | Promise<void> },
  { pollNo, hashTags }: PollRecord,
  lane: number,
  signal: AbortSignal,
) {
  let read = 0
  for await (const page of votesToRestore(pool).votesOf(pollNo, votesPerPage, { lane, hashTags })) {
    signal.throwIfAborted()
    yield page
    await onRead((read += page.length))
  }
}

const isOfLane =
  ({ hashTags }: PollRecord, lane: number) =>
  ({ voter_key: voterKey }: StoredVote) =>
    laneOfVoter(voterKey.replaceAll('-', ''), hashTags) === lane

async function* pages<T>(votes: readonly T[]) {
  for (let i = 0; i < votes.length; i += votesPerPage) yield votes.slice(i, i + votesPerPage)
}

/** What is false is replaced where it still is what was seen, and what is lacking is added: workers go on writing. */
async function rebuildTally(
  redis: Redis,
  pool: DatabasePool,
  { pollId, pollNo }: PollRecord,
): Promise<number> {
  const key = redisKeys.tally(pollId)
  const shown = await redis.hgetall(key)
  const shards = await votesToRestore(pool).shardsOf(pollNo)
  const { mends, behind } = compareTally(shown, shards)
  const falseOnes = mends.flatMap(({ shard, seen, value }) => [shard, seen, value ?? ''])
  if (falseOnes.length > 0) await redis.eval(mendTallyLua, 1, key, ...falseOnes)
  const values = shards.flatMap((shard) => [shard.shard, shard.seq, encodeShard(shard)])
  await redis.eval(writeTallyLua, 1, key, 'whole', ...values)
  return mends.length + behind.length
}
