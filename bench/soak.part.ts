/** Twenty minutes at half load with viewers who come and go: nothing grows. */
import { checkLoad } from './check-load.ts'
import { collectedMemory, environmentToCollect, type CollectedMemory } from './collected-memory.ts'
import { findRate } from './find-rate.ts'
import type { BenchHouse, Watched } from './house.ts'
import { ledgerSums } from './ledger.pg.ts'
import { startCrowd } from './load/crowd.ts'
import { startViewers } from './load/viewers-process.ts'
import type { Voters } from './load/voters-process.ts'
import { manyConnections, planFor, warmUp } from './measured-run.ts'
import { Dishonest, type Bench, type Figure, type Part } from './part.ts'
import { lookAt, slope, type Look } from './process-watch.ts'
import { readSettings } from './settings.ts'
import { median, rounded } from './statistics.ts'

const polls = 10
const viewers = 500
const churnPerS = 50
const soakS = 20 * 60
const lookEveryS = 5
// The first quarter is warm-up: what is learned once is no growth.
const warmShare = 0.25
// Shorter than the door lets a connection lie idle (30 s): in longer slices the waiting crowd's connections are closed
// and opened again, and the open files rise and fall by a thousand.
const sliceS = 20
// Judged over the whole time only. A leak of 100 bytes a vote would be 20 MB a minute in the heap; resident memory also
// holds what an allocator keeps.
const growsAtMost: Readonly<Record<string, number>> = {
  heap_mb_per_min: 0.3,
  rss_mb_per_min: 3,
  files_per_min: 1,
}
// A collection stops a process for about 50 ms.
const collectEveryS = 30

export const soak: Part = {
  name: 'soak',
  says: '20 minutes at half load, 50 viewers a second coming and going: nothing grows',
  async run(bench) {
    await using stack = new AsyncDisposableStack()
    const opened = stack.use(await bench.openHouse({ kafka: true }))
    const folder = opened.house.dataDir
    const toCollect = environmentToCollect(folder)
    await opened.gateways(bench.options.gateways ?? 2, toCollect)
    await opened.workers(bench.options.workers ?? 1, undefined, toCollect)
    const ballots = await opened.polls(polls)
    const setup = await opened.voters(ballots, bench.options.connections ?? manyConnections)
    // Two crowds in turn: one writes its next requests while the other votes.
    const crowds = [
      stack.use(await startCrowd(setup, 1, bench.signal)),
      stack.use(await startCrowd(setup, 1, bench.signal)),
    ] as const
    const reached = await warmUp(crowds[0], 4)
    await warmUp(crowds[1], 1)
    await opened.settled(300)
    bench.noteSettings(await readSettings(opened))
    const search = () =>
      findRate({ voters: crowds[0], reached, probeS: 8, say: bench.say, settled: opened.settled })
    const rate = (bench.options.rate ?? (await search())) / 2
    const pollIds = ballots.map(({ pollId }) => pollId)
    const screens = stack.use(
      await startViewers({ ports: setup.ports, viewers, churnPerS, pollIds, probeOption: '' }, bench.signal),
    )
    const seconds = bench.seconds(soakS)
    bench.say(
      `  ${rounded(rate)} votes/s, ${viewers} viewers of whom ${churnPerS} a second go, for ${seconds} s`,
    )

    const before = await ledgerSums(opened.db)
    const watch = watchAll(bench, opened.watched(), folder)
    await screens.begin()
    const accepted = await voteInTurn(bench, crowds, rate, seconds, watch.openFiles)
    const looks = await watch.stop()
    const told = await screens.tell(`${folder}/seen`)
    if (told.lost > 0) throw new Dishonest(`${told.lost} streams ended by themselves`)
    if (told.wentBack > 0) throw new Dishonest(`${told.wentBack} frames went back to an older version`)
    await opened.settled(300)
    await checkStored(opened, before.counted, accepted)
    const figures = figuresOf(looks, seconds, `at ${rounded(rate)} votes/s`)
    // All of them are told before one is judged: what grew is found by looking at the others.
    for (const { name, value, unit } of figures) bench.say(`    ${name}: ${rounded(value)} ${unit}`)
    for (const { name, value } of figures) {
      const most = growsAtMost[name.split('.').at(-1) ?? '']
      if (most !== undefined && seconds >= soakS && !(value <= most))
        throw new Dishonest(`${name} is ${rounded(value)}, more than ${most}`)
    }
    return figures
  },
}

async function voteInTurn(
  bench: Bench,
  [one, other]: readonly [Voters, Voters],
  rate: number,
  seconds: number,
  openFiles: () => string,
): Promise<number> {
  const slice = Math.min(sliceS, Math.max(5, seconds / 6))
  const plan = planFor({ kind: 'open', seconds: slice, rate }, rate)
  let accepted = 0
  let [voting, waiting] = [one, other]
  await voting.prepare(plan)
  for (let done = 0; done < seconds; done += slice) {
    const [told] = await Promise.all([voting.run(), waiting.prepare(plan)])
    for (const remark of checkLoad(told, true)) bench.say(`    ${remark}`)
    accepted += told.accepted
    const sofar = `${accepted} accepted, p99 ${rounded(told.latency.p99)} ms, open files ${openFiles()}`
    bench.say(`    ${Math.round(done + slice)} s: ${sofar}`)
    ;[voting, waiting] = [waiting, voting]
  }
  return accepted
}

interface Watching {
  readonly watched: Watched
  readonly looks: Look[]
  readonly held: (CollectedMemory & { readonly atMin: number })[]
}

function watchAll(
  bench: Bench,
  all: readonly Watched[],
  folder: string,
): { readonly openFiles: () => string; readonly stop: () => Promise<Watching[]> } {
  const startedAt = performance.now()
  const kept = all.map((watched): Watching => ({ watched, looks: [], held: [] }))
  const look = async () => {
    await Promise.all(kept.map(async ({ watched, looks }) => looks.push(await lookAt(watched, startedAt))))
  }
  const collect = async () => {
    for (const { watched, held } of kept) {
      const memory = await collectedMemory(watched.pid, folder, bench.signal)
      held.push({ ...memory, atMin: (performance.now() - startedAt) / 60_000 })
    }
  }
  let fault: unknown = null
  const often = (everyS: number, work: () => Promise<void>) =>
    setInterval(() => {
      work().catch((error: unknown) => {
        fault ??= error
        bench.say('    a process did not answer')
      })
    }, everyS * 1_000)
  const timers = [often(lookEveryS, look), often(collectEveryS, collect)]
  return {
    openFiles: () => kept.map(({ looks }) => looks.at(-1)?.files ?? '?').join(' '),
    async stop() {
      timers.forEach(clearInterval)
      if (fault instanceof Error) throw fault
      await look()
      await collect()
      return kept
    },
  }
}

async function checkStored({ db }: BenchHouse, before: number, accepted: number): Promise<void> {
  const counted = (await ledgerSums(db)).counted - before
  if (counted !== accepted) throw new Dishonest(`${accepted} votes were accepted, but ${counted} counted`)
}

/** Of several processes of a kind the worst speaks. */
function figuresOf(all: readonly Watching[], seconds: number, note: string): Figure[] {
  const from = (seconds * warmShare) / 60
  const figures: Figure[] = []
  for (const kind of ['gateway', 'workers'] as const) {
    const ofKind = all.filter(({ watched }) => watched.kind === kind)
    const late = <T extends { readonly atMin: number }>(points: readonly T[]) =>
      points.filter(({ atMin }) => atMin >= from)
    const add = (name: string, unit: string, value: (of: Watching) => number, more = note) =>
      figures.push({
        ...{ name: `soak.${kind}.${name}`, unit, note: more },
        value: Math.max(...ofKind.map(value)),
      })
    /** What grows, by the minute, and the most it reached. */
    const memory = (name: string, mbOf: (held: CollectedMemory) => number) => {
      const points = (of: Watching) => late(of.held).map((held) => ({ at: held.atMin, value: mbOf(held) }))
      add(`${name}_mb_per_min`, 'MB/min', (of) => slope(points(of)), 'after collection')
      add(`${name}_mb`, 'MB', (of) => Math.max(...points(of).map(({ value }) => value)), 'the most of these')
    }
    memory('heap', ({ heapBytes }) => heapBytes / 2 ** 20)
    memory('rss', ({ rssKb }) => rssKb / 1_024)
    const loop = (of: Watching) => late(of.looks).map(({ loopP99Ms }) => loopP99Ms)
    add('loop_p99_ms', 'ms', (of) => median(loop(of)), 'median of all looks')
    add('loop_p99_worst_ms', 'ms', (of) => Math.max(...loop(of)), 'the collections asked for included')
    const files = (of: Watching) => late(of.looks).map((look) => ({ at: look.atMin, value: look.files }))
    add('files_per_min', '/min', (of) => slope(files(of)), 'open files and sockets')
    add('files', 'files', (of) => Math.max(...files(of).map(({ value }) => value)), 'the most')
  }
  return figures
}
