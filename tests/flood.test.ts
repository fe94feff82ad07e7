/** Ten thousand voters and two murders: what the voters were told, the rows and the events are one set. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import type { Poll } from '../contracts/poll.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { activeJobs, shownTotal, storedVotes, untilCounted } from './counts.ts'
import { startHouse, until, type Door, type House } from './house.ts'
import { countedIn, readVotes } from './read-topic.kafka.ts'
import { watchTally } from './watched-tally.ts'

const checkout = dirname(import.meta.dirname)

/** Voters in processes of their own; resolves to what they were told. */
async function voters(house: House, door: Door, poll: Poll, processes: number, each: number) {
  const options = poll.options.map(({ optionId }) => optionId).join(',')
  const logs = Array.from({ length: processes }, (_, i) => join(house.dataDir, `voters-${each}-${i}.json`))
  await Promise.all(
    logs.map(
      (log) =>
        new Promise<void>((resolve, reject) => {
          const args = ['tests/flood-voters.ts', door.trpcUrl, poll.pollId, options, String(each), log]
          const child = spawn(process.execPath, args, {
            cwd: checkout,
            stdio: ['ignore', 'inherit', 'inherit'],
          })
          child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`voters ended: ${code}`))))
        }),
    ),
  )
  const told = logs.map(
    (log) => JSON.parse(readFileSync(log, 'utf8')) as { accepted: string[]; others: object },
  )
  return { accepted: told.flatMap(({ accepted }) => accepted), others: told.map(({ others }) => others) }
}

async function agree(house: House, poll: Poll, told: readonly string[]): Promise<void> {
  const accepted = [...new Set(told)].sort()
  await untilCounted(house, poll.pollId, accepted.length, 60_000)
  const stored = await storedVotes(house, poll.pollId)
  expect(stored.length).toBe(accepted.length)
  expect(stored).toEqual(accepted)
  const { events } = await readVotes(
    house.services.kafkaBrokers ?? '',
    (read) => countedIn(read, poll.pollId).length >= accepted.length,
  )
  expect(countedIn(events, poll.pollId)).toEqual(accepted)
  expect(await shownTotal(house, poll.pollId)).toBe(accepted.length)
}

it('F1 ten thousand voters who send each vote twice at once are each counted once, everywhere', async () => {
  await using house = await startHouse({ kafka: true })
  const door = await house.gateway()
  await house.workers()
  const poll = await house.openPoll(door)
  const watched = watchTally(door, poll.pollId)
  await until('the snapshot', async () => watched.last.version >= 0)
  const { accepted, others } = await voters(house, door, poll, 2, 5_000)
  expect(others).toEqual([{}, {}])
  expect(accepted).toHaveLength(20_000)
  await agree(house, poll, accepted)
  await until('the last frame', async () => watched.last.total === 10_000)
  const byOption = new Map<string, number>()
  for (const line of new Set(accepted)) {
    const option = line.split(' ')[1] ?? ''
    byOption.set(option, (byOption.get(option) ?? 0) + 1)
  }
  expect(new Map(watched.last.options.map(({ optionId, votes }) => [optionId, votes]))).toEqual(byOption)
  expect(watched.last.jumpedBack).toBe(false)
  watched.unsubscribe()
}, 600_000)

it('F2 a worker and then the gateway killed in mid-flood, a thousand acknowledged votes unstored, lose and double none', async () => {
  await using house = await startHouse({ kafka: true })
  const door = await house.gateway()
  const worker = await house.workers()
  const poll = await house.openPoll(door)
  const watched = watchTally(door, poll.pollId)
  // The row that every transaction of the worker needs is held: it stands there, jobs in its hands, until it is killed.
  const row = await house.holdRow('select from shard_heads for update')
  const flood = voters(house, door, poll, 2, 2_500)
  const unstored = async () => {
    const sum = (numbers: string[]) => numbers.reduce((total, n) => total + Number(n), 0)
    return sum(await house.redis.hvals(redisKeys.admitted)) - sum(await house.redis.hvals(redisKeys.received))
  }
  const deep = (votes: number) => async () => {
    const depth = await unstored()
    return depth >= votes && depth
  }
  const depthAtWorker = await until('1,000 acknowledged votes unstored', deep(1_000))
  await until('jobs in its hands', async () => (await house.redis.llen(activeJobs)) > 0)
  await worker.kill()
  await row.letGo()
  const depthAtGateway = await until('more of them', deep(2_000))
  await door.process.kill()
  console.log(`killed: the worker at ${depthAtWorker} unstored votes, the gateway at ${depthAtGateway}`)
  await door.process.restart()
  await worker.restart()
  const { accepted, others } = await flood
  expect(others).toEqual([{}, {}])
  await agree(house, poll, accepted)
  expect(new Set(accepted).size).toBe(5_000)
  await until('the last frame', async () => watched.last.total === 5_000)
  expect(watched.last.jumpedBack).toBe(false)
  watched.unsubscribe()
}, 600_000)
