/** How long it takes from a vote to the frame that shows it, read in another process, at three loads. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkLoad, percent } from './check-load.ts'
import { findRate } from './find-rate.ts'
import type { BenchHouse } from './house.ts'
import { startCrowd } from './load/crowd.ts'
import { percentiles } from './load/latency.ts'
import type { Ballot, Latency } from './load/messages.ts'
import { startViewers, type Viewers } from './load/viewers-process.ts'
import type { Voters } from './load/voters-process.ts'
import { manyConnections, planFor, warmUp } from './measured-run.ts'
import { Dishonest, type Bench, type Figure, type Part } from './part.ts'
import { readSettings } from './settings.ts'
import { shownVersions } from './shown-versions.ts'
import { rounded } from './statistics.ts'

const polls = 10
const viewers = 1_000
const probeOption = 'probe'
// Two a second in each poll: the next is due long after the one before was seen.
const probesPerS = 20
const levels = { quarter: 0.25, half: 0.5, high: 0.8 } as const
// The broadcast re-reads every second what it may have missed.
const lastFrameWithinMs = 2_500

interface Floor {
  readonly opened: BenchHouse
  readonly ballots: readonly Ballot[]
  readonly crowd: Voters
  readonly probers: Voters
  readonly screens: Viewers
  /** Probe votes of each poll before this level. */
  readonly before: number
}

export const latency: Part = {
  name: 'latency',
  says: 'from the vote to the frame that shows it, 1,000 viewers, at a quarter, half and 80 % of the load',
  async run(bench) {
    await using stack = new AsyncDisposableStack()
    const opened = stack.use(await bench.openHouse({ kafka: true }))
    await opened.gateways(bench.options.gateways ?? 2)
    await opened.workers(bench.options.workers ?? 1)
    const ballots = await opened.polls(polls, ['samba', 'forro', 'frevo', probeOption])
    const voting = await opened.voters(
      ballots.map((ballot) => ({
        ...ballot,
        optionIds: ballot.optionIds.filter((id) => id !== probeOption),
      })),
      bench.options.connections ?? manyConnections,
    )
    const crowd = stack.use(await startCrowd(voting, bench.options.generators, bench.signal))
    const reached = await warmUp(crowd, 4)
    await opened.settled(300)
    bench.noteSettings(await readSettings(opened))
    const search = () =>
      findRate({ voters: crowd, reached, probeS: 8, say: bench.say, settled: opened.settled })
    const rate = bench.options.rate ?? (await search())
    bench.say(`  the pipeline keeps up ${rounded(rate)} votes/s; ${viewers} viewers come`)

    const probing = await opened.voters(
      ballots.map((ballot) => ({ ...ballot, optionIds: [probeOption] })),
      2 * probesPerS,
    )
    const probers = stack.use(await startCrowd(probing, 1, bench.signal))
    const pollIds = ballots.map(({ pollId }) => pollId)
    const screens = stack.use(
      await startViewers({ ports: probing.ports, viewers, churnPerS: 0, pollIds, probeOption }, bench.signal),
    )
    const figures: Figure[] = []
    const seconds = bench.seconds(20)
    let before = 0
    for (const [name, share] of Object.entries(levels)) {
      const floor = { opened, ballots, crowd, probers, screens, before }
      const found = await runLevel(bench, floor, rate * share, seconds)
      before += (probesPerS * seconds) / polls
      const note = `at ${rounded(rate * share)} votes/s, ${viewers} viewers, ${found.samples} frames that proved a vote`
      bench.say(`  ${name}: p50 ${rounded(found.p50)} ms, p99 ${rounded(found.p99)} ms ${note}`)
      figures.push(
        { name: `latency.${name}.p50_ms`, value: found.p50, unit: 'ms', note },
        { name: `latency.${name}.p99_ms`, value: found.p99, unit: 'ms', note },
      )
    }
    return figures
  },
}

async function runLevel(
  bench: Bench,
  { opened, ballots, crowd, probers, screens, before }: Floor,
  rate: number,
  seconds: number,
): Promise<Latency & { samples: number }> {
  const dueFile = join(opened.house.dataDir, 'probes-due')
  const seenFile = join(opened.house.dataDir, 'probes-seen')
  await Promise.all([
    crowd.prepare(planFor({ kind: 'open', seconds, rate }, rate)),
    probers.prepare(
      planFor({ kind: 'open', seconds, rate: probesPerS }, probesPerS, { badPercent: 0, dueFile }),
    ),
  ])
  await screens.begin()
  const [cast, probed] = await Promise.all([crowd.run(), probers.run()])
  for (const remark of checkLoad(cast, true)) bench.say(`    ${remark}`)
  if (cast.tookS - cast.pacedS > 0.5) throw new Dishonest(`${rounded(rate)} votes/s were not kept up`)
  checkLoad(probed, false)
  await opened.settled(120)
  await new Promise((resolve) => setTimeout(resolve, lastFrameWithinMs))
  const shown = await screens.tell(seenFile)
  await checkScreens(opened, shown)
  if (shown.generator.ofACore > 0.9) {
    bench.say(
      `    the viewers used ${percent(shown.generator.ofACore)} of a core: they may be what was measured`,
    )
  }
  return proven(ballots.length, readNumbers(dueFile), readNumbers(seenFile), before)
}

/** Nobody was cut off, no screen went back, and each shows the last version of its poll. */
async function checkScreens(opened: BenchHouse, told: Awaited<ReturnType<Viewers['tell']>>): Promise<void> {
  if (told.lost > 0) throw new Dishonest(`${told.lost} streams ended by themselves`)
  if (told.wentBack > 0) throw new Dishonest(`${told.wentBack} frames went back to an older version`)
  const last = await shownVersions(opened, Object.keys(told.lowestVersion))
  for (const [pollId, version] of Object.entries(told.lowestVersion)) {
    if (version !== last[pollId]) {
      throw new Dishonest(
        `a screen of poll ${pollId} shows version ${version}, the last is ${last[pollId] ?? 0}`,
      )
    }
  }
}

/** Probe i is the (i / polls)-th of poll i % polls: a screen on which that poll has so many probes has it. */
function proven(
  polls: number,
  due: Float64Array,
  seen: Float64Array,
  before: number,
): Latency & { samples: number } {
  const samples = seen.length / 3
  const latencies = new Float32Array(samples)
  for (let k = 0; k < samples; k++) {
    const [poll = 0, count = 0, at = 0] = seen.subarray(3 * k, 3 * k + 3)
    const dueAt = due[(count - before - 1) * polls + poll]
    if (dueAt === undefined) throw new Dishonest(`a screen showed ${count} probes, more than were cast`)
    latencies[k] = at - dueAt
  }
  const expected = (due.length * viewers) / polls
  if (samples !== expected) throw new Dishonest(`${samples} of ${expected} probes were seen`)
  return { ...percentiles(latencies), samples }
}

function readNumbers(file: string): Float64Array {
  const bytes = readFileSync(file)
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
