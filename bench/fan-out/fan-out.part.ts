/** What a delivery to a screen costs, and a screen that is open: bare node:http, stock Yoga, and Urna, in turn. */
import { setTimeout as rest } from 'node:timers/promises'
import type { BenchHouse } from '../house.ts'
import { Dishonest, type Bench, type Figure, type Part } from '../part.ts'
import { readSettings } from '../settings.ts'
import { median, overRounds, rounded } from '../statistics.ts'
import { openContenders, type Contender } from './contenders.ts'
import { percentile, runRound, type Round } from './measured-round.ts'
import { runFlood, runStorm } from './strained.ts'
import { startViewers, type Viewers } from './viewers.ts'

/** Viewers, and how often each of the ten polls changes: 10,000 deliveries a second each time. */
const steps = [
  { viewers: 1_000, everyMs: 100 },
  { viewers: 5_000, everyMs: 500 },
  { viewers: 15_000, everyMs: 1_500 },
] as const
const processes = 2
// What a listener's backlog of 511, which the rivals have, bears while its process collects garbage.
const openPerS = 1_000

interface Side {
  readonly contender: Contender
  readonly viewers: Viewers
  /** Its memory in kB before its viewers came. */
  readonly before: number
}

export const part: Part = {
  name: 'fan-out',
  says: 'CPU of a delivery and memory of a viewer, beside bare res.write and stock graphql-yoga',
  async run(bench) {
    await using stack = new AsyncDisposableStack()
    const opened = stack.use(await bench.openHouse())
    bench.noteSettings(await readSettings(opened))
    const contenders = await openContenders(stack, opened, bench.signal)
    const sides: Side[] = []
    for (const contender of contenders) sides.push(await openSide(bench, stack, contender))
    const figures: Figure[] = []
    for (const step of steps) {
      bench.say(`  ${step.viewers} viewers, each poll changes every ${step.everyMs} ms`)
      const kb = { bare: Number.NaN, stock: Number.NaN, urna: Number.NaN }
      for (const side of sides) kb[side.contender.name] = await fill(bench, side, step)
      figures.push(...figuresOf(step.viewers, await runRounds(bench, opened, sides, step.everyMs), kb))
    }
    const urna = sides.find(({ contender }) => contender.name === 'urna')
    if (urna !== undefined) {
      figures.push(await runStorm({ bench, ...urna }), await runFlood({ bench, ...urna }))
    }
    return figures
  },
}

/** A few viewers have come and gone when its memory is read: what is loaded once is not a viewer's. */
async function openSide(bench: Bench, stack: AsyncDisposableStack, contender: Contender): Promise<Side> {
  const { port, pollIds, pace, memory } = contender
  const viewers = stack.use(await startViewers(processes, { port, pollIds }, bench.signal))
  await pace(100)
  await viewers.open(100, 200)
  await viewers.cut(100)
  await pace(0)
  await rest(500)
  return { contender, viewers, before: await memory() }
}

/** Opens what is missing, warms up, and answers the memory of each viewer in kB. */
async function fill(
  bench: Bench,
  { contender, viewers, before }: Side,
  step: (typeof steps)[number],
): Promise<number> {
  await viewers.open(step.viewers - viewers.size(), openPerS)
  await contender.pace(step.everyMs)
  await rest(2_000, undefined, { signal: bench.signal })
  const told = await viewers.told(await contender.pace(0))
  if (told.late > 0)
    throw new Dishonest(`${contender.name}: ${told.late} viewers did not get the last version`)
  return ((await contender.memory()) - before) / step.viewers
}

/** In turn, so that a machine that slows down slows all of them. */
async function runRounds(
  bench: Bench,
  opened: BenchHouse,
  sides: readonly Side[],
  everyMs: number,
): Promise<Record<Contender['name'], Round[]>> {
  const rounds: Record<Contender['name'], Round[]> = { bare: [], stock: [], urna: [] }
  const redis = opened.trees()['redis'] ?? []
  for (let round = 1; round <= bench.rounds; round++) {
    for (const { contender, viewers } of sides) {
      const seconds = bench.seconds(5)
      rounds[contender.name].push(await runRound({ bench, contender, viewers, redis, everyMs, seconds }))
    }
  }
  return rounds
}

function figuresOf(
  viewers: number,
  { bare, urna, stock }: Record<Contender['name'], Round[]>,
  kb: Readonly<Record<Contender['name'], number>>,
): Figure[] {
  const us = (rounds: readonly Round[]) => rounds.map(({ cpuUs }) => cpuUs)
  const beside = (ours: readonly Round[]) =>
    ours.map(({ cpuUs }, i) => cpuUs / (bare[i]?.cpuUs ?? Number.NaN))
  const p99 = (rounds: readonly Round[]) => rounds.map(({ told }) => percentile(told.delays, 0.99))
  const redis = `and ${rounded(median(urna.map(({ redisUs }) => redisUs)))} us of Redis`
  const figures: Figure[] = [
    overRounds(`fanout.ratio.${viewers}`, 'x bare', beside(urna)),
    overRounds(`fanout.stock_ratio.${viewers}`, 'x bare', beside(stock)),
    overRounds(`fanout.cpu_us.${viewers}`, 'us', us(urna), redis),
    overRounds(`fanout.bare_cpu_us.${viewers}`, 'us', us(bare)),
    overRounds(`fanout.stock_cpu_us.${viewers}`, 'us', us(stock)),
    // The slack that a process has from its start is filled first: the more viewers, the truer.
    { name: `fanout.kb.${viewers}`, unit: 'kB', value: kb.urna, note: 'resident, once garbage is collected' },
    { name: `fanout.bare_kb.${viewers}`, unit: 'kB', value: kb.bare },
    { name: `fanout.stock_kb.${viewers}`, unit: 'kB', value: kb.stock },
  ]
  if (viewers !== steps.at(-1)?.viewers) return figures
  return [
    ...figures,
    overRounds('fanout.delay_p99_ms', 'ms', p99(urna), `publish -> read, ${viewers} viewers`),
    overRounds('fanout.bare_delay_p99_ms', 'ms', p99(bare)),
    overRounds('fanout.stock_delay_p99_ms', 'ms', p99(stock)),
  ]
}
