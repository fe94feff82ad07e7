/** Rules of the pipeline that moderators watch. */
import { expect, test } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue } from '../../contracts/batch.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { oneLane } from '../lanes.ts'
import { makePipelineWatch, pipelineKey } from './pipeline-watch.ts'
import { makeReadPipeline } from './read-pipeline.redis.ts'
import { connectBoth, log, redisUrl } from '../../tests/live-redis.ts'

// The pipeline's keys are those of the whole house: this file keeps them in a database of its own.
const command = Object.assign(new URL(redisUrl), { pathname: '/11' }).toString()
const waitList = `${batchQueue.prefix}:${batchQueue.name}:wait`
const stay = new AbortController().signal

async function openPipeline() {
  const both = await connectBoth({ command })
  await both.redis.del(redisKeys.admitted, redisKeys.received, redisKeys.pipeline, waitList)
  let clock = Date.now()
  let readings = 0
  let gate = Promise.resolve()
  let letGo = () => {}
  const read = makeReadPipeline(oneLane(both.redis))
  const watches = makePipelineWatch({
    now: () => clock,
    log,
    async read() {
      readings++
      await gate
      return read()
    },
  })
  return {
    redis: both.redis,
    watches,
    readings: () => readings,
    /** The clock of the frames; the rhythm stays that of the wall. */
    tick: (ms: number) => (clock += ms),
    now: () => clock,
    /** Readings wait until they are let go. */
    hold() {
      gate = new Promise((resolve) => (letGo = resolve))
    },
    letGo: () => letGo(),
    async [Symbol.asyncDispose]() {
      letGo()
      await watches[Symbol.asyncDispose]()
      await both[Symbol.asyncDispose]()
    },
  }
}

test('B13 the pipeline tells what waits, for how long, and how fast votes come and are counted', async () => {
  await using house = await openPipeline()
  const { redis } = house
  const batchId = uuidv7({ msecs: house.now() - 1_500 })
  await redis.hset(redisKeys.admitted, 'run-a', 100, 'run-b', 50)
  await redis.hset(redisKeys.received, '0', 90, '7', 20)
  await redis.lpush(waitList, batchId, uuidv7({ msecs: house.now() - 200 }))
  const watcher = house.watches.watch(pipelineKey, stay)
  expect((await watcher.next()).value).toEqual({
    asOf: new Date(house.now()).toISOString(),
    ...{ acceptedPerSecond: 0, countedPerSecond: 0, accepted: 150 },
    hops: [{ name: 'queue', waiting: 40, oldestMs: 1_500 }],
    kafkaReachable: null,
  })
  // The next reading sees all of what follows, however long that takes.
  house.hold()
  await redis.hset(redisKeys.admitted, 'run-a', 300)
  await redis.hset(redisKeys.received, '7', 260)
  await redis.del(waitList)
  house.tick(2_000)
  house.letGo()
  expect((await watcher.next()).value).toMatchObject({
    ...{ acceptedPerSecond: 100, countedPerSecond: 120, accepted: 350 },
    hops: [{ name: 'queue', waiting: 0, oldestMs: 0 }],
  })
})

test('B14 the newest report of a publisher speaks for the ledger, and an old one is no report', async () => {
  await using house = await openPipeline()
  const report = (ageMs: number, waiting: number, kafka: boolean) =>
    JSON.stringify({ at: house.now() - ageMs, kafka, hop: { waiting, oldestMs: 70 } })
  await house.redis.hset(redisKeys.pipeline, {
    'publish:one': report(900, 8, true),
    'publish:two': report(100, 5, false),
    'publish:gone': report(6_000, 999, true),
    'publish:newer-code': '{"who":"knows"}',
  })
  const watcher = house.watches.watch(pipelineKey, stay)
  expect((await watcher.next()).value).toMatchObject({
    hops: [{ name: 'queue' }, { name: 'ledger', waiting: 5, oldestMs: 70 }],
    kafkaReachable: true,
  })
  house.tick(10_000)
  expect((await watcher.next()).value).toMatchObject({ hops: [{ name: 'queue' }], kafkaReachable: null })
})

test('B15 nobody reads the pipeline while nobody watches it', async () => {
  await using house = await openPipeline()
  expect(house.readings()).toBe(0)
  const watchers = [1, 2, 3].map(() => house.watches.watch(pipelineKey, stay))
  await Promise.all(watchers.map((watcher) => watcher.next()))
  expect(house.readings()).toBe(1)
})
