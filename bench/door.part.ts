/** What a vote costs at the door: bare node:http, stock tRPC with a job for each vote, and Urna, in turn. */
import type { Redis } from 'ioredis'
import type { BenchHouse } from './house.ts'
import { cpuPerVote, type Trees } from './cpu.ts'
import { measure, planFor, warmUp } from './measured-run.ts'
import { startCrowd } from './load/crowd.ts'
import type { VotersSetup } from './load/messages.ts'
import { percent } from './check-load.ts'
import type { Bench, Figure, Part } from './part.ts'
import { forget, redisAtRest } from './redis-at-rest.ts'
import { startRival } from './rivals/start-rival.ts'
import { readSettings } from './settings.ts'
import { median, overRounds, rounded } from './statistics.ts'

const warmUpS = 3

// The rivals on a quiet machine (2 cores, Node 24, shorter requests). One that is far from it is not itself, or the
// machine is not.
const known = { bareUs: 20.6, stockOfBareRate: 0.1 } as const
const farFrom = (value: number, from: number) => Math.abs(value / from - 1) > 0.2

/** One of those who are measured in turn. */
interface Contender {
  readonly name: 'bare' | 'stock' | 'urna'
  readonly setup: VotersSetup
  readonly trees: () => Trees
}

interface Round {
  readonly cpuUs: number
  readonly of: Readonly<Record<string, number>>
  readonly votesPerS: number
  readonly generatorShare: number
}

export const door: Part = {
  name: 'door',
  says: 'CPU of a vote at the door, beside bare node:http and stock tRPC',
  async run(bench) {
    await using stack = new AsyncDisposableStack()
    const opened = stack.use(await bench.openHouse())
    bench.noteSettings(await readSettings(opened))
    const rounds: Record<Contender['name'], Round[]> = { bare: [], stock: [], urna: [] }
    const contenders = await openContenders(bench, opened, stack)
    for (let round = 1; round <= bench.rounds; round++) {
      for (const contender of contenders) {
        const one = await runRound(bench, contender, opened.house.redis)
        rounds[contender.name].push(one)
        const shares = Object.entries(one.of).map(([name, us]) => `${name} ${rounded(us)}`)
        bench.say(
          `  round ${round}, ${contender.name}: ${rounded(one.cpuUs)} us a vote (${shares.join(', ')}), ` +
            `${rounded(one.votesPerS)} votes/s, generator ${percent(one.generatorShare)} of a core`,
        )
      }
    }
    tellIfStrange(bench, rounds)
    return figuresOf(rounds)
  },
}

function tellIfStrange(bench: Bench, { bare, stock }: Record<Contender['name'], Round[]>): void {
  const bareUs = median(bare.map(({ cpuUs }) => cpuUs))
  if (farFrom(bareUs, known.bareUs)) {
    bench.say(`  bare takes ${rounded(bareUs)} us here, ${known.bareUs} on the machine it is known from`)
  }
  const rate = (rounds: readonly Round[]) => median(rounds.map(({ votesPerS }) => votesPerS))
  const share = rate(stock) / rate(bare)
  if (farFrom(share, known.stockOfBareRate)) {
    bench.say(
      `  stock does ${percent(share)} of bare's rate here, ${percent(known.stockOfBareRate)} is known`,
    )
  }
}

/** Workers do not run: what is measured ends where the vote is safe on Redis. */
async function openContenders(
  bench: Bench,
  opened: BenchHouse,
  stack: AsyncDisposableStack,
): Promise<Contender[]> {
  const { house } = opened
  await opened.gateways(1, { MOST_WAITING: '100000000' })
  const ballots = await opened.polls(1)
  const setup = await opened.voters(ballots, bench.options.connections ?? 256)
  const logDir = `${house.dataDir}/logs`
  const bare = stack.use(await startRival({ name: 'bare-door', logDir }))
  const env = { REDIS_URL: house.services.redisUrl }
  const stock = stack.use(await startRival({ name: 'stock-door', logDir, env }))
  const redis = () => opened.trees()['redis'] ?? []
  const rival = (port: number): VotersSetup => ({ ...setup, ports: [port], judge: 'rival' })
  const pid = ({ process }: { process: { pid: number | null } }) =>
    process.pid === null ? [] : [process.pid]
  return [
    { name: 'bare', setup: rival(bare.port), trees: () => ({ door: pid(bare) }) },
    { name: 'stock', setup: rival(stock.port), trees: () => ({ door: pid(stock), redis: redis() }) },
    { name: 'urna', setup, trees: () => ({ door: opened.trees()['gateway'] ?? [], redis: redis() }) },
  ]
}

async function runRound(bench: Bench, { setup, trees }: Contender, redis: Redis): Promise<Round> {
  await forget(redis, 'bull:stock-votes:*')
  await using voters = await startCrowd(setup, bench.options.generators, bench.signal)
  const reached = await warmUp(voters, warmUpS)
  // Half as much again as the warm-up: JIT and caches are not at their best yet.
  await redisAtRest(redis, bench.signal)
  const plan = planFor({ kind: 'closed', seconds: bench.seconds(10) }, reached * 1.5)
  const { told, cpu, remarks } = await measure({ voters, plan, judge: setup.judge, trees })
  for (const remark of remarks) bench.say(`    ${remark}`)
  const { sum, of } = cpuPerVote(cpu, told.accepted)
  return {
    ...{ cpuUs: sum, of },
    votesPerS: told.accepted / told.tookS,
    generatorShare: told.generator.ofACore,
  }
}

function figuresOf({ bare, stock, urna }: Record<Contender['name'], Round[]>): Figure[] {
  const us = (rounds: readonly Round[]) => rounds.map(({ cpuUs }) => cpuUs)
  const door = (rounds: readonly Round[]) => rounds.map(({ of }) => of['door'] ?? 0)
  const redis = (rounds: readonly Round[]) => rounds.map(({ of }) => of['redis'] ?? 0)
  const rate = (rounds: readonly Round[]) => rounds.map(({ votesPerS }) => votesPerS)
  /** Neighbours in time are compared, so that a machine that slows down slows both. */
  const beside = (ours: readonly number[]) => ours.map((n, round) => n / (bare[round]?.cpuUs ?? Number.NaN))
  const share = bare.map(({ votesPerS, generatorShare }) => votesPerS / generatorShare)
  return [
    overRounds('door.ratio', 'x bare', beside(us(urna)), 'gateway + Redis / bare'),
    overRounds('door.gateway_ratio', 'x bare', beside(door(urna)), 'gateway alone / bare'),
    overRounds('door.stock_ratio', 'x bare', beside(us(stock)), 'stock + Redis / bare'),
    overRounds('door.cpu_us', 'us', us(urna)),
    overRounds('door.cpu_us.gateway', 'us', door(urna)),
    overRounds('door.cpu_us.redis', 'us', redis(urna)),
    overRounds('door.bare_cpu_us', 'us', us(bare)),
    overRounds('door.stock_cpu_us', 'us', us(stock)),
    overRounds('door.stock_cpu_us.redis', 'us', redis(stock)),
    overRounds('door.votes_per_s', 'votes/s', rate(urna)),
    overRounds('door.bare_votes_per_s', 'votes/s', rate(bare)),
    overRounds('door.stock_votes_per_s', 'votes/s', rate(stock)),
    overRounds(
      'load.ceiling_votes_per_s',
      'votes/s',
      rate(bare),
      'what the generator got out of bare node:http',
    ),
    overRounds('load.core_votes_per_s', 'votes/s', share, 'what a whole core of the generator would send'),
  ]
}
