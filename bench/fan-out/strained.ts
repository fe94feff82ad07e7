/** Urna's fan-out under strain: viewers who all come back at once, and more frames than one core can write. */
import { setTimeout as rest } from 'node:timers/promises'
import { percent } from '../check-load.ts'
import { Dishonest, type Bench, type Figure } from '../part.ts'
import { rounded } from '../statistics.ts'
import type { Contender } from './contenders.ts'
import { percentile } from './measured-round.ts'
import type { Told } from './messages.ts'
import type { Viewers } from './viewers.ts'

interface Strained {
  readonly bench: Bench
  readonly contender: Contender
  readonly viewers: Viewers
}

const storm = { viewers: 10_000, perS: 1_000, everyMs: 1_500 } as const

/** Two thirds of them are cut and come back at once, while the tallies go on changing for all. */
export async function runStorm({ bench, contender, viewers }: Strained): Promise<Figure> {
  await contender.pace(storm.everyMs)
  await viewers.count()
  await viewers.cut(storm.viewers)
  const tookMs = await viewers.open(storm.viewers, storm.perS)
  const told = await viewers.told(await contender.pace(0))
  check(told)
  const p99 = percentile(told.delays, 0.99)
  bench.say(`    ${storm.viewers} viewers were back after ${rounded(tookMs / 1_000)} s, p99 of all ${p99} ms`)
  return {
    ...{ name: 'fanout.storm_s', unit: 's', value: tookMs / 1_000 },
    note: `${storm.viewers} viewers cut at once, back at ${storm.perS}/s; deliveries meanwhile p99 ${p99} ms`,
  }
}

/** Each poll changes ten times a second, which is the most that is announced: who cannot be reached in time skips. */
export async function runFlood({ bench, contender, viewers }: Strained): Promise<Figure> {
  await viewers.count()
  const begin = performance.now()
  await contender.pace(100)
  await rest(bench.seconds(6) * 1_000, undefined, { signal: bench.signal })
  const told = await viewers.told(await contender.pace(0))
  const tookS = (performance.now() - begin) / 1_000
  check(told)
  const wanted = viewers.size() * 10
  return {
    ...{ name: 'fanout.deliveries_per_s', unit: '1/s', value: told.deliveries / tookS },
    note:
      `of ${wanted} frames a second for ${viewers.size()} viewers; the rest was skipped; ` +
      `p99 ${percentile(told.delays, 0.99)} ms, viewers ${percent(told.ofACore)} of a core`,
  }
}

function check({ late, lost, wentBack }: Told): void {
  if (late > 0) throw new Dishonest(`${late} viewers did not get the last version`)
  if (lost > 0) throw new Dishonest(`${lost} connections were lost`)
  if (wentBack > 0) throw new Dishonest(`${wentBack} events were older than the one before`)
}
