/** Rules of the broadcast: what the watchers of a tally, a poll and a list see. */
import { expect, test } from 'vitest'
import { redisChannels, redisKeys } from '../../contracts/redis-keys.ts'
import type { Tally } from '../../contracts/tally.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { makePollBook } from '../polls/poll-book.ts'
import { makeAnnouncements } from './announcements.redis.ts'
import { makePollListWatch, makePollWatch } from './poll-watches.ts'
import { readTallyFromPostgres } from './read-tally.slonik.ts'
import { readTallyFromRedis } from './read-tally.redis.ts'
import { makeReadTally, type ReadTally } from './read-tally.ts'
import { makeTallyWatch } from './tally-watch.ts'
import {
  announce,
  connectBoth,
  databaseUrl,
  log,
  newPoll,
  openLine,
  redisUrl,
  shard,
  writeTally,
} from '../../tests/live-redis.ts'

const never = 3_600_000
const stay = new AbortController().signal

async function openTallies(
  given: {
    urls?: { command?: string; subscriber?: string }
    readEveryMs?: number
    lingerMs?: number
    readTally?: ReadTally
  } = {},
) {
  await using stack = new AsyncDisposableStack()
  const { redis, subscriber } = stack.use(await connectBoth(given.urls))
  const polls = makePollBook()
  const poll = newPoll()
  polls.put(poll)
  const noPostgres = async () => {
    throw new Error('Postgres is away')
  }
  const announcements = makeAnnouncements(subscriber, redis)
  const tallies = stack.use(
    makeTallyWatch({
      ...{ polls, log, lingerMs: given.lingerMs ?? 0, readEveryMs: given.readEveryMs ?? never },
      readTally: given.readTally ?? makeReadTally(readTallyFromRedis(redis), noPostgres),
      announcements,
    }),
  )
  const all = stack.move()
  const { pollId } = poll
  /** Subscribes before any watch does: a watch waits 500 ms for its subscription, which a slow machine may exceed. */
  const hear = () => announcements.subscribe(redisChannels.tally(pollId), () => undefined)
  const subscribers = async () => Number((await redis.pubsub('NUMSUB', redisChannels.tally(pollId)))[1])
  return {
    ...{ redis, subscriber, polls, poll, pollId, tallies, hear, subscribers },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function next<T>(watcher: AsyncIterator<T, undefined>): Promise<T> {
  const { value, done } = await watcher.next()
  if (done === true) throw new Error('the watch has ended')
  return value
}
const votes = (tally: Tally) => tally.options.map((option) => option.votes)

/** Resolves when the channel has that many subscribers. */
async function until(subscribers: () => Promise<number>, wanted: number): Promise<void> {
  while ((await subscribers()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('B1 the first value is the tally as it stands', async () => {
  await using house = await openTallies()
  await writeTally(house.redis, house.pollId, shard(3, [2, 1], 0))
  await writeTally(house.redis, house.pollId, shard(4, [5, 5], 7))
  const tally = await next(house.tallies.watch(house.pollId, stay))
  expect([tally.version, tally.total, votes(tally)]).toEqual([7, 13, [7, 6]])
})

test('B2 what is announced while the snapshot is being read is not lost', async () => {
  let read: ReadTally = () => Promise.reject(new Error('not yet'))
  await using house = await openTallies({ readTally: (poll) => read(poll) })
  const begin = performance.now()
  let isLate: boolean | null = null
  read = async ({ pollId }) => {
    // A watch that cannot subscribe within 500 ms reads before, and once more after.
    isLate ??= performance.now() - begin > 400
    // The subscription stands already: this announcement comes between subscribing and the snapshot.
    await announce(house.redis, pollId, shard(2, [9, 0]))
    while (!isLate && house.tallies.newest(pollId)?.version !== 2) await new Promise(setImmediate)
    return { pollId, version: 1, asOf: 1, counts: [1, 0] }
  }
  const watcher = house.tallies.watch(house.pollId, stay)
  let tally = await next(watcher)
  while (isLate && tally.version !== 2) tally = await next(watcher)
  expect(votes(tally)).toEqual([9, 0])
})

test('B3 any number of watchers costs one subscription, which ends after the last has left', async () => {
  await using house = await openTallies()
  await writeTally(house.redis, house.pollId, shard(1, [1, 0]))
  const watchers = Array.from({ length: 50 }, () => house.tallies.watch(house.pollId, stay))
  await Promise.all(watchers.map(next))
  await until(house.subscribers, 1)
  expect(house.tallies.size()).toEqual({ loops: 1, watchers: 50 })
  for (const watcher of watchers) await watcher.return?.()
  await until(house.subscribers, 0)
  expect(house.tallies.size()).toEqual({ loops: 0, watchers: 0 })
})

test('B4 a watcher who was slow finds the newest, and no backlog', async () => {
  await using house = await openTallies()
  await house.hear()
  await writeTally(house.redis, house.pollId, shard(1, [1, 0]))
  const [slow, quick] = [
    house.tallies.watch(house.pollId, stay),
    house.tallies.watch(house.pollId, stay),
  ] as const
  expect([votes(await next(slow)), votes(await next(quick))]).toEqual([
    [1, 0],
    [1, 0],
  ])
  for (let seq = 2; seq <= 100; seq++) await announce(house.redis, house.pollId, shard(seq, [seq, 0]))
  while (votes(await next(quick))[0] !== 100);
  expect(votes(await next(slow))).toEqual([100, 0])
})

test('B5 what is not newer than what was shown is dropped', async () => {
  await using house = await openTallies()
  await house.hear()
  await writeTally(house.redis, house.pollId, shard(5, [5, 0]))
  const watcher = house.tallies.watch(house.pollId, stay)
  await next(watcher)
  await announce(house.redis, house.pollId, shard(4, [4, 0]))
  await announce(house.redis, house.pollId, shard(5, [0, 5]))
  await announce(house.redis, house.pollId, shard(6, [6, 0]))
  expect(votes(await next(watcher))).toEqual([6, 0])
})

test('B6 an announcement that was lost is made good within about a second', async () => {
  const reads: { at: number; isOverdue: boolean }[] = []
  let isOverdue = false
  await using house = await openTallies({
    readEveryMs: 1_000,
    async readTally(poll) {
      reads.push({ at: performance.now(), isOverdue })
      const frame = await readTallyFromRedis(house.redis)(poll)
      // Counted right after the first snapshot, and announced to nobody.
      if (reads.length === 1) await writeTally(house.redis, house.pollId, shard(2, [2, 0]))
      return frame ?? Promise.reject(new Error('no tally'))
    },
  })
  await writeTally(house.redis, house.pollId, shard(1, [1, 0]))
  await house.hear()
  const watcher = house.tallies.watch(house.pollId, stay)
  expect(votes(await next(watcher))).toEqual([1, 0])
  // Timers fire in the order in which they are due, on a slow machine too: a read that is on time comes before this.
  setTimeout(() => (isOverdue = true), 1_500).unref()
  expect(votes(await next(watcher))).toEqual([2, 0])
  expect(reads.map((read) => read.isOverdue)).toEqual([false, false])
  expect(reads[1]!.at - reads[0]!.at).toBeGreaterThanOrEqual(990)
})

test('B7 after a reconnect the tally is read again, and announcements are heard again', async () => {
  await using line = await openLine(redisUrl)
  await using house = await openTallies({ urls: { subscriber: line.url } })
  await using other = await connectBoth()
  await house.hear()
  await writeTally(other.redis, house.pollId, shard(1, [1, 0]))
  const watcher = house.tallies.watch(house.pollId, stay)
  await next(watcher)
  line.cut()
  await writeTally(other.redis, house.pollId, shard(2, [2, 0]))
  await announce(other.redis, house.pollId, shard(2, [2, 0]))
  line.mend()
  expect(votes(await next(watcher))).toEqual([2, 0])
  await until(house.subscribers, 1)
  await announce(other.redis, house.pollId, shard(3, [3, 0]))
  expect(votes(await next(watcher))).toEqual([3, 0])
})

test('B8 without the key on Redis the counters of Postgres are read; a new poll has zeros without them', async () => {
  await using both = await connectBoth()
  const pool = await connectPostgres(databaseUrl, { most: 2, idleInTransactionMs: 5_000 })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => pool.end())
  const fromPostgres = readTallyFromPostgres(pool)
  const read = makeReadTally(readTallyFromRedis(both.redis), fromPostgres)
  const stored = newPoll()
  await insertShard(stored.pollNo, 2, 10, [4, 2])
  await insertShard(stored.pollNo, 5, 1, [0, 1])
  expect(await read(stored)).toMatchObject({ version: 11, counts: [4, 3] })
  expect((await read(stored)).asOf).toBeGreaterThan(Date.now() - 60_000)

  const fresh = newPoll()
  expect(await readTallyFromRedis(both.redis)(fresh)).toBeNull()
  expect(await fromPostgres(fresh)).toEqual({ pollId: fresh.pollId, version: 0, asOf: 0, counts: [0, 0] })
  await both.redis.hset(redisKeys.tally(fresh.pollId), 'open', '1')
  expect(await readTallyFromRedis(both.redis)(fresh)).toMatchObject({ version: 0, counts: [0, 0] })
})

test('B9 with Redis and Postgres away the last known is kept, and a new watcher gets it too', async () => {
  await using line = await openLine(redisUrl)
  await using house = await openTallies({
    urls: { command: line.url, subscriber: line.url },
    readEveryMs: 50,
  })
  await using other = await connectBoth()
  await writeTally(other.redis, house.pollId, shard(3, [3, 0]))
  const early = house.tallies.watch(house.pollId, stay)
  await next(early)
  await early.return?.()
  line.cut()
  while (house.tallies.size().loops > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(votes(await next(house.tallies.watch(house.pollId, stay)))).toEqual([3, 0])
  expect(house.tallies.newest(house.pollId)?.version).toBe(3)
})

test('B10 a poll that is deleted ends what watches it', async () => {
  await using house = await openTallies()
  const polls = makePollWatch(house.polls)
  await writeTally(house.redis, house.pollId, shard(1, [1, 0]))
  const [tally, poll] = [house.tallies.watch(house.pollId, stay), polls.watch(house.pollId, stay)]
  await next(tally)
  expect((await next(poll)).slug).toBe(house.poll.slug)
  house.polls.remove(house.pollId)
  expect(await tally.next()).toEqual({ done: true, value: undefined })
  expect(await poll.next()).toEqual({ done: true, value: undefined })
  expect(polls.size()).toEqual({ loops: 0, watchers: 0 })
})

test('B11 a watcher whose reader is gone is forgotten, also while it waits', async () => {
  await using house = await openTallies()
  await writeTally(house.redis, house.pollId, shard(1, [1, 0]))
  const gone = new AbortController()
  const watcher = house.tallies.watch(house.pollId, gone.signal)
  await next(watcher)
  const waiting = watcher.next()
  gone.abort()
  expect((await waiting).done).toBe(true)
  expect(house.tallies.size().watchers).toBe(0)
})

test('B12 the public list shows no draft, and is told only when something in it has changed', async () => {
  const polls = makePollBook()
  const [shown, draft] = [newPoll({ pollNo: 1 }), newPoll({ pollNo: 2, state: 'draft' })]
  polls.replaceAll([shown, draft])
  await using lists = makePollListWatch(polls)
  const [everyone, moderator] = [lists.watch('public', stay), lists.watch('all', stay)]
  expect((await next(everyone)).map(({ pollId }) => pollId)).toEqual([shown.pollId])
  expect((await next(moderator)).map(({ pollId }) => pollId)).toEqual([draft.pollId, shown.pollId])
  const waiting = next(everyone)
  polls.put({ ...draft, version: 2, question: 'Still a draft?' })
  expect((await next(moderator))[0]?.question).toBe('Still a draft?')
  polls.put({ ...draft, version: 3, state: 'scheduled' })
  expect((await waiting).map(({ state }) => state)).toEqual(['scheduled', 'open'])
})

test('B16 tallies that are asked for in one turn are one question to Redis, and one that fails is alone', async () => {
  await using both = await connectBoth()
  let questions = 0
  const read = readTallyFromRedis({
    pipeline() {
      questions++
      return both.redis.pipeline()
    },
  })
  const polls = Array.from({ length: 20 }, () => newPoll())
  for (const [i, { pollId }] of polls.entries()) await writeTally(both.redis, pollId, shard(i, [i, 0]))
  const broken = newPoll()
  await both.redis.set(redisKeys.tally(broken.pollId), 'no hash')
  const [failed, ...tallies] = await Promise.allSettled([broken, ...polls].map(read))
  expect(failed?.status).toBe('rejected')
  expect(tallies.map((tally) => tally.status === 'fulfilled' && tally.value?.version)).toEqual(
    polls.map((_, i) => i),
  )
  expect(questions).toBe(1)
})

test('B17 polls that are watched are read again at the same moment, whenever they were opened', async () => {
  const readAt: Record<string, number[]> = {}
  let turn = 0
  await using house = await openTallies({
    readEveryMs: 100,
    async readTally({ pollId }) {
      ;(readAt[pollId] ??= []).push(turn)
      return { pollId, version: 1, asOf: 1, counts: [1, 0] }
    },
  })
  const count = setInterval(() => turn++, 1)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => clearInterval(count))
  const other = newPoll()
  house.polls.put(other)
  await next(house.tallies.watch(house.pollId, stay))
  await new Promise((resolve) => setTimeout(resolve, 30))
  await next(house.tallies.watch(other.pollId, stay))
  const again = () => readAt[other.pollId]?.slice(1) ?? []
  while (again().length < 3) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(readAt[house.pollId]).toEqual(expect.arrayContaining(again()))
})

async function insertShard(pollNo: number, shardNo: number, seq: number, counts: number[]): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await client.query(
    `insert into shard_counts (poll_no, shard, seq, hash, counts, as_of)
     values ($1, $2, $3, sha256(''), $4, now())`,
    [pollNo, shardNo, seq, counts],
  )
  await client.end()
}
