/** A million votes wait with the workers stopped, more come, and the workers come back: every number agrees. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { redisKeys } from '../contracts/redis-keys.ts'
import { decodeShards } from '../contracts/tally.ts'
import { rest } from '../runtime/rest.ts'
import { checkLoad } from './check-load.ts'
import { countedEvents } from './counted-events.kafka.ts'
import type { BenchHouse } from './house.ts'
import { ledgerSums } from './ledger.pg.ts'
import { startCrowd } from './load/crowd.ts'
import type { Ballot, RunTold } from './load/messages.ts'
import { compareVotes } from './lost-votes.pg.ts'
import { manyConnections, planFor } from './measured-run.ts'
import { Dishonest, type Bench, type Figure, type Part } from './part.ts'
import { readSettings } from './settings.ts'
import { rounded } from './statistics.ts'
import { tellProgress } from './tell-progress.ts'

// What MOST_WAITING is where nobody says otherwise; a trial takes its share.
const boundWhole = 1_000_000
const beyond = 10_000
const refusingForS = 5
const patienceS = 900

export const bound: Part = {
  name: 'bound',
  says: '1,000,000 votes wait with the workers stopped, more are refused, then all is drained and agrees',
  async run(bench) {
    await using opened = await bench.openHouse({ kafka: true })
    const most = Math.max(20_000, Math.round(boundWhole * Math.min(1, bench.seconds(30) / 30)))
    await opened.gateways(bench.options.gateways ?? 2, { MOST_WAITING: String(most) })
    const [ballot] = await opened.polls(1)
    if (ballot === undefined) throw new Error('no poll')
    await opened.workers(0)
    bench.noteSettings(await readSettings(opened))

    const acceptedFile = join(opened.house.dataDir, 'bound')
    const setup = await opened.voters([ballot], bench.options.connections ?? manyConnections)
    await using voters = await startCrowd(setup, bench.options.generators, bench.signal)
    const requests = most + beyond
    await voters.prepare({
      ...planFor({ kind: 'closed', seconds: patienceS }, 0, { badPercent: 0, acceptedFile }),
      ...{ requests, untilAllAccepted: true, patienceS },
    })
    const atRest = await memoryOf(opened)
    const filling = watchFilling(opened, most)
    const startedAt = performance.now()
    const show = tellProgress(bench.say)
    const running = voters.run((progress) => {
      show(progress)
      filling.heard(progress)
    })
    running.catch(filling.failed)
    await filling.full
    const filledS = (performance.now() - startedAt) / 1000
    await rest(refusingForS * 1000, bench.signal)
    const full = await memoryOf(opened)
    const { waiting, highest } = await filling.end()
    if (highest > most) throw new Dishonest(`${highest} votes waited where ${most} may`)
    bench.say(`  ${waiting} of ${most} wait after ${rounded(filledS)} s; ${inWords(full)}`)

    const backAt = performance.now()
    await opened.workers(bench.options.workers ?? 1)
    await untilWaiting(opened, 0, bench.signal)
    const told = await running
    checkLoad(told, false)
    await opened.queue.empty(patienceS, bench.signal)
    const drainS = (performance.now() - backAt) / 1000
    await opened.settled(patienceS)
    const onKafkaS = (performance.now() - backAt) / 1000
    const drained = await memoryOf(opened)
    const lost = await agree(opened, ballot, told, requests, acceptedFile, bench)

    const refused = Object.values(told.noRoom).reduce((sum, n) => sum + n, 0)
    const bytes = (name: string, value: number, note: string): Figure => ({
      name,
      value,
      unit: 'bytes',
      note,
    })
    return [
      { name: 'bound.waiting', value: waiting, unit: 'votes', note: `at most; the bound is ${most}` },
      { name: 'bound.fill_s', value: filledS, unit: 's', note: 'until the first was refused' },
      {
        name: 'bound.refused',
        value: refused,
        unit: 'answers',
        note: '503, each sent again and accepted later',
      },
      bytes('bound.redis_bytes_rest', atRest.redis, 'of Redis before anybody voted'),
      bytes('bound.redis_bytes_full', full.redis, 'of Redis with all of them waiting'),
      bytes('bound.redis_bytes_drained', drained.redis, 'of Redis with all of them counted: who has voted'),
      bytes('bound.redis_bytes_waiting', (full.redis - atRest.redis) / waiting, 'for each vote that waits'),
      bytes('bound.redis_bytes_voter', (drained.redis - atRest.redis) / requests, 'for each voter after it'),
      bytes(
        'bound.gateway_rss_rest',
        atRest.gateway,
        'of a gateway process before anybody voted, the largest',
      ),
      bytes('bound.gateway_rss_full', full.gateway, 'of a gateway process that refuses, the largest'),
      { name: 'bound.drain_s', value: drainS, unit: 's', note: `${requests} votes from the workers' start` },
      { name: 'bound.on_kafka_s', value: onKafkaS, unit: 's', note: 'the same, until Kafka had all' },
      {
        name: 'bound.lost',
        value: lost,
        unit: 'votes',
        note: 'told, rows, ledger, shards, minutes, shown, events agree',
      },
    ]
  },
}

interface Memory {
  readonly redis: number
  readonly gateway: number
}

async function memoryOf({ house, watched }: BenchHouse): Promise<Memory> {
  const redis = Number(/^used_memory:(\d+)/m.exec(await house.redis.info('memory'))?.[1])
  const residentOf = (pid: number) =>
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  const gateways = watched().filter(({ kind }) => kind === 'gateway')
  return { redis, gateway: Math.max(...gateways.map(({ pid }) => residentOf(pid))) }
}

const inMb = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`
const inWords = ({ redis, gateway }: Memory) => `Redis holds ${inMb(redis)}, a gateway ${inMb(gateway)}`

/** Votes between door and Postgres, as the admission reckons them. */
async function waitingOn({ house: { redis } }: BenchHouse): Promise<number> {
  const sum = (counts: readonly string[]) => counts.reduce((total, n) => total + Number(n), 0)
  return sum(await redis.hvals(redisKeys.admitted)) - sum(await redis.hvals(redisKeys.received))
}

async function untilWaiting(opened: BenchHouse, most: number, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + patienceS * 1000
  while ((await waitingOn(opened)) > most) {
    if (Date.now() > giveUpAt) throw new Error(`votes still wait after ${patienceS} s`)
    await rest(100, signal)
    signal.throwIfAborted()
  }
}

/** Looks at what waits all the time: it must never be above the bound. `full` resolves with the first refusal. */
function watchFilling(opened: BenchHouse, most: number) {
  const full = Promise.withResolvers<undefined>()
  const ending = new AbortController()
  let highest = 0
  const looking = (async () => {
    while (!ending.signal.aborted) {
      highest = Math.max(highest, await waitingOn(opened))
      await rest(20, ending.signal)
    }
  })()
  looking.catch((fault: unknown) => full.reject(fault))
  return {
    full: full.promise,
    failed: (fault: unknown) => full.reject(fault),
    heard({ accepted, noRoom }: { accepted: number; noRoom: number }) {
      if (noRoom === 0) return
      // A group is admitted whole or not at all, and an answer is on its way for each connection.
      const slack = 500 * 8 + manyConnections
      if (accepted < most - slack)
        full.reject(new Dishonest(`a vote was refused when only ${accepted} of ${most} waited`))
      else full.resolve(undefined)
    },
    async end() {
      ending.abort()
      await looking
      return { waiting: await waitingOn(opened), highest }
    },
  }
}

/** What the voters were told, and what every place says that counts; answers how many of them are lost by voteId. */
async function agree(
  opened: BenchHouse,
  ballot: Ballot,
  told: RunTold,
  requests: number,
  acceptedFile: string,
  bench: Bench,
): Promise<number> {
  const { house, db } = opened
  const reasons = Object.keys(told.noRoom).filter((reason) => reason !== 'queue-full')
  if (reasons.length > 0) throw new Dishonest(`votes were refused as ${reasons.join(', ')}`)
  const compared = await compareVotes(house.services.databaseUrl, ballot.pollId, [acceptedFile])
  if (compared.lost > 0) throw new Dishonest(`${compared.lost} accepted votes are not stored`)
  if (compared.extra > 0) throw new Dishonest(`${compared.extra} votes are stored that nobody was told of`)
  const { received, counted } = await ledgerSums(db)
  const sumOf = async (table: 'shard_counts' | 'minute_counts') => {
    const { rows } = await db.query<{ votes: string }>(
      `select coalesce(sum(n), 0) as votes from ${table} cross join unnest(counts) as n`,
    )
    return Number(rows[0]?.votes)
  }
  const shards = decodeShards(await house.redis.hgetall(redisKeys.tally(ballot.pollId)))
  const shown = shards.flatMap(({ counts }) => counts).reduce((sum, n) => sum + n, 0)
  const events = await countedEvents(house.services.kafkaBrokers ?? '', ballot.pollId, requests, bench.signal)
  const numbers = {
    ...{ told: told.accepted, rows: compared.stored, received, counted },
    ...{ shards: await sumOf('shard_counts'), minutes: await sumOf('minute_counts'), shown, events },
  }
  const says = Object.entries(numbers).map(([name, n]) => `${name} ${n}`)
  bench.say(`    ${says.join(', ')}`)
  if (Object.values(numbers).some((n) => n !== requests))
    throw new Dishonest(`${requests} votes were cast: ${says.join(', ')}`)
  return compared.lost
}
