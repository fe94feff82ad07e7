/** What a vote costs the whole way, voter to Kafka, with ten million older ones in the table. */
import { cpuPerVote } from './cpu.ts'
import { percent } from './check-load.ts'
import { fillVotes } from './fill-votes.pg.ts'
import { findRate } from './find-rate.ts'
import { startCrowd } from './load/crowd.ts'
import type { Ballot } from './load/messages.ts'
import { manyConnections, warmUp } from './measured-run.ts'
import type { Bench, Figure, Part } from './part.ts'
import type { BenchHouse } from './house.ts'
import { runPipeline, type PipelineRun } from './pipeline-run.ts'
import { readSettings } from './settings.ts'
import { overRounds, rounded } from './statistics.ts'

const manyVotes = 10_000_000
const fewVotes = 1_000_000
// For each gateway process, so that all are equally warm when they are compared.
const warmUpS = 6
// The headline is measured this long, with a checkpoint and a rewrite of the AOF in it; the comparisons are of equal
// length, shorter, without, and with each other only. They take turns, there and back: equal runs differ by 5 %.
const mainS = 60
const otherS = 15
// More would take longer than 8 minutes.
const mostRounds = 2
// Compared at a rate that leaves room on the machine, and never at one that they cannot keep up.
const comparedRate = 15_000
const ofWhatIsReached = 0.8

export const pipeline: Part = {
  name: 'pipeline',
  says: 'CPU of a vote the whole way to Kafka, ten million older ones in the table',
  async run(bench) {
    await using opened = await bench.openHouse({ kafka: true })
    await opened.gateways(2)
    await opened.workers(bench.options.workers ?? 1)
    const options = ['samba', 'forro', 'frevo']
    const [many, few] = await opened.polls(2, options)
    if (many === undefined || few === undefined) throw new Error('no polls')
    await fill(bench, opened, many, manyVotes)
    await fill(bench, opened, few, fewVotes)

    const main = await withGateways(bench, opened, many, bench.options.gateways ?? 2, mainS, null)
    bench.noteSettings(await readSettings(opened))
    // What falls into one of them and not into the others would be all that is seen: no rewrite of the AOF, and the
    // vacuum that is due after two million inserts comes before.
    await opened.house.redis.config('SET', 'auto-aof-rewrite-percentage', '0')
    await opened.house.rows('vacuum analyze votes')
    // Four begin: what they keep up all do.
    const contenders = [
      { name: 'gateways4', gateways: 4, ballot: many },
      { name: 'gateways1', gateways: 1, ballot: many },
      { name: 'gateways2', gateways: 2, ballot: many },
      { name: 'votes1m', gateways: 2, ballot: few },
    ]
    const compared = new Map<string, PipelineRun[]>(contenders.map(({ name }) => [name, []]))
    let rate = Math.min(comparedRate, main.rate)
    for (let round = 0; round < Math.min(bench.rounds, mostRounds); round++) {
      for (const { name, gateways, ballot } of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const run = await withGateways(bench, opened, ballot, gateways, otherS, rate)
        ;({ rate } = run)
        compared.get(name)?.push(run)
      }
    }
    return figuresOf(main, compared)
  },
}

async function fill(bench: Bench, opened: BenchHouse, ballot: Ballot, rows: number): Promise<void> {
  const startedAt = Date.now()
  let toldAt = startedAt
  const at = (done: number) => `${(done / 1e6).toFixed(1)} of ${(rows / 1e6).toFixed(0)} million older votes`
  await fillVotes(
    opened.db,
    { pollId: ballot.pollId, options: ballot.optionIds.length, rows },
    (done) => {
      if (Date.now() - toldAt < 10_000) return
      toldAt = Date.now()
      bench.say(`    ${at(done)}`)
    },
    bench.signal,
  )
  bench.say(`  ${at(rows)} lie in the table (${((Date.now() - startedAt) / 1000).toFixed(0)} s)`)
}

/** Without a rate one is searched for; with one, no more than these gateways can take is asked of them. */
async function withGateways(
  bench: Bench,
  opened: BenchHouse,
  ballot: Ballot,
  gateways: number,
  seconds: number,
  given: number | null,
): Promise<PipelineRun> {
  await opened.gateways(gateways)
  const setup = await opened.voters([ballot], bench.options.connections ?? manyConnections)
  await using voters = await startCrowd(setup, bench.options.generators, bench.signal)
  let reached = 0
  for (let i = 0; i < gateways; i++) reached = await warmUp(voters, warmUpS)
  await opened.settled(300)
  const lasts = given === null ? bench.seconds(seconds) : Math.min(seconds, bench.seconds(seconds))
  bench.say(`  ${gateways} gateway processes:`)
  const search = () => findRate({ voters, reached, probeS: 8, say: bench.say, settled: opened.settled })
  const rate =
    bench.options.rate ?? (given === null ? await search() : Math.min(given, reached * ofWhatIsReached))
  const withUpkeep = given === null
  const run = await runPipeline({ bench, opened, voters, ballot, rate, seconds: lasts, withUpkeep })
  const { told, cpu } = run.measured
  const { sum, of } = cpuPerVote(cpu, told.accepted)
  const shares = Object.entries(of).map(([name, us]) => `${name} ${rounded(us)}`)
  bench.say(
    `    ${rounded(sum)} us a vote (${shares.join(', ')}) at ${rounded(run.votesPerS)} votes/s; ` +
      `p99 ${rounded(told.latency.p99)} ms; jobs waiting: at most ${run.mostWaiting}, last ${run.lastWaiting}; ` +
      `generator ${percent(told.generator.ofACore)} of a core`,
  )
  return run
}

function figuresOf(main: PipelineRun, compared: ReadonlyMap<string, readonly PipelineRun[]>): Figure[] {
  const { told, cpu } = main.measured
  const { sum, of } = cpuPerVote(cpu, told.accepted)
  const us = (name: string, value: number, note?: string): Figure => ({
    ...{ name, value, unit: 'us' },
    ...(note !== undefined && { note }),
  })
  const beside = [...compared].map(([name, runs]) =>
    overRounds(
      `pipeline.cpu_us.${name}`,
      'us',
      runs.map(({ measured }) => cpuPerVote(measured.cpu, measured.told.accepted).sum),
      `at ${rounded(Math.min(...runs.map(({ votesPerS }) => votesPerS)))} votes/s, without rewrite and checkpoint`,
    ),
  )
  return [
    {
      name: 'pipeline.votes_per_s',
      value: main.votesPerS,
      unit: 'votes/s',
      note: `for ${rounded(told.pacedS)} s, a rewrite of the AOF and a checkpoint spread over 27 s in them`,
    },
    us('pipeline.cpu_us', sum, 'all server processes, to the last mark of "emitted"'),
    ...Object.entries(of).map(([name, value]) => us(`pipeline.cpu_us.${name}`, value)),
    ...beside,
    {
      name: 'pipeline.p99_ms',
      value: told.latency.p99,
      unit: 'ms',
      note: 'answer to a vote, from its due time',
    },
    { name: 'pipeline.p50_ms', value: told.latency.p50, unit: 'ms' },
    {
      name: 'pipeline.most_waiting_jobs',
      value: main.mostWaiting,
      unit: 'jobs',
      note: `last ${main.lastWaiting}`,
    },
    { name: 'pipeline.votes_per_job', value: main.votesPerJob, unit: 'votes' },
  ]
}
