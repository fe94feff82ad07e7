/** One measured round of fan-out: the CPU of the server for each event that a viewer has read. */
import { setTimeout as rest } from 'node:timers/promises'
import { checkMachine, percent } from '../check-load.ts'
import { cpuBetween, cpuNow } from '../cpu.ts'
import { Dishonest, type Bench } from '../part.ts'
import { rounded } from '../statistics.ts'
import type { Contender } from './contenders.ts'
import type { Told } from './messages.ts'
import type { Viewers } from './viewers.ts'

export interface Round {
  readonly cpuUs: number
  readonly redisUs: number
  readonly told: Told
  readonly tookS: number
}

// A process of viewers that has no time left measures itself.
const busiest = 0.9

export async function runRound(its: {
  readonly bench: Bench
  readonly contender: Contender
  readonly viewers: Viewers
  readonly redis: readonly number[]
  readonly everyMs: number
  readonly seconds: number
}): Promise<Round> {
  const { bench, contender, viewers, everyMs } = its
  const { name, pace, pid } = contender
  const trees = { server: [pid], redis: its.redis }
  await viewers.count()
  const before = cpuNow(trees)
  await pace(everyMs)
  await rest(its.seconds * 1_000, undefined, { signal: bench.signal })
  // Until the last viewer has the last version, it is work that was caused here.
  const told = await viewers.told(await pace(0))
  const used = cpuBetween(before, cpuNow(trees))
  check(name, told)
  const each = (tree: 'server' | 'redis') => ((used.seconds[tree] ?? 0) * 1e6) / told.deliveries
  const round = { cpuUs: each('server'), redisUs: each('redis'), told, tookS: used.tookS }
  bench.say(
    `    ${name}: ${rounded(round.cpuUs)} us a delivery, ${told.deliveries} of them, ` +
      `p99 ${percentile(told.delays, 0.99)} ms, viewers ${percent(told.ofACore)} of a core`,
  )
  for (const remark of checkMachine(used)) bench.say(`      ${remark}`)
  return round
}

function check(name: string, { deliveries, late, lost, wentBack, ofACore }: Told): void {
  if (deliveries === 0) throw new Dishonest(`${name}: nothing was delivered`)
  if (late > 0) throw new Dishonest(`${name}: ${late} viewers did not get the last version`)
  if (lost > 0) throw new Dishonest(`${name}: ${lost} connections were lost`)
  if (wentBack > 0) throw new Dishonest(`${name}: ${wentBack} events were older than the one before`)
  if (ofACore > busiest) throw new Dishonest(`${name}: the viewers used ${percent(ofACore)} of a core`)
}

/** In ms, of delays counted by the millisecond. */
export function percentile(delays: readonly number[], share: number): number {
  const all = delays.reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (const [ms, count] of delays.entries()) {
    seen += count
    if (seen >= all * share) return ms
  }
  return 0
}
