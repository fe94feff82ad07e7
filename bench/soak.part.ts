/** Twenty minutes at half load with viewers who come and go: nothing grows. */
import { checkLoad } from './check-load.ts'
import { findRate } from './find-rate.ts'
import type { BenchHouse, Watched } from './house.ts'
import { ledgerSums } from './ledger.pg.ts'
import { startCrowd } from './load/crowd.ts'
import { startViewers } from './load/viewers-process.ts'
import type { Voters } from './load/voters-process.ts'
import { planFor, warmUp } from './measured-run.ts'
import { Dishonest, type Bench, type Figure, type Part } from './part.ts'
import { afterCollection, lookAt, slope, type Look } from './process-watch.ts'
import { readSettings } from './settings.ts'
import { median, rounded } from './statistics.ts'

const polls = 10
const viewers = 500
const churnPerS = 50
const soakS = 20 * 60
const lookEveryS = 5
// The first quarter is warm-up: what is learned once is no growth.
const warmShare = 0.25
const sliceS = 60
const looksPerLowest = 6

export const soak: Part = {
  name: 'soak',
  says: '20 minutes at half load, 50 viewers a second coming and going: nothing grows',
  async run(bench) {
    await using stack = new AsyncDisposableStack()
    const opened = stack.use(await bench.openHouse({ kafka: true }))
    await opened.gateways(bench.options.gateways ?? 2)
    await opened.workers(bench.options.workers ?? 1)
    const ballots = await opened.polls(polls)
    const setup = await opened.voters(ballots, bench.options.connections ?? 512)
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
      findRate({ voters: crowds[0], reached, probeS: 5, say: bench.say, settled: opened.settled })
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
    const watch = watchAll(bench, opened.watched())
    await screens.begin()
    const accepted = await voteInTurn(bench, crowds, rate, seconds)
    const looks = await watch.stop()
    const told = await screens.tell(`${opened.house.dataDir}/seen`)
    if (told.lost > 0) throw new Dishonest(`${told.lost} streams ended by themselves`)
    if (told.wentBack > 0) throw new Dishonest(`${told.wentBack} frames went back to an older version`)
    await opened.settled(300)
    await checkStored(opened, before.counted, accepted)
    return figuresOf(looks, seconds, `at ${rounded(rate)} votes/s`)
  },
}

async function voteInTurn(
  bench: Bench,
  [one, other]: readonly [Voters, Voters],
  rate: number,
  seconds: number,
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
    bench.say(`    ${Math.round(done + slice)} s: ${accepted} accepted, p99 ${rounded(told.latency.p99)} ms`)
    ;[voting, waiting] = [waiting, voting]
  }
  return accepted
}

interface Watching {
  readonly watched: Watched
  readonly looks: Look[]
}

function watchAll(bench: Bench, all: readonly Watched[]): { readonly stop: () => Promise<Watching[]> } {
  const startedAt = performance.now()
  const kept = all.map((watched): Watching => ({ watched, looks: [] }))
  const lookAtAll = async () => {
    await Promise.all(kept.map(async ({ watched, looks }) => looks.push(await lookAt(watched, startedAt))))
  }
  let fault: unknown = null
  const timer = setInterval(() => {
    lookAtAll().catch((error: unknown) => {
      fault ??= error
      bench.say('    a process did not answer /metrics')
    })
  }, lookEveryS * 1_000)
  return {
    async stop() {
      clearInterval(timer)
      if (fault instanceof Error) throw fault
      await lookAtAll()
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
    const kept = all
      .filter(({ watched }) => watched.kind === kind)
      .map(({ looks }) => looks.filter(({ atMin }) => atMin >= from))
    const worst = (of: (looks: readonly Look[]) => number) => Math.max(...kept.map(of))
    const add = (name: string, unit: string, of: (looks: readonly Look[]) => number, more = note) =>
      figures.push({ name: `soak.${kind}.${name}`, unit, value: worst(of), note: more })
    const grows = (of: (look: Look) => number) => (looks: readonly Look[]) =>
      slope(looks.map((look) => ({ at: look.atMin, value: of(look) })))
    add(
      'heap_mb_per_min',
      'MB/min',
      (looks) => slope(afterCollection(looks, looksPerLowest)),
      'after collection',
    )
    add('heap_mb', 'MB', (looks) => median(afterCollection(looks, looksPerLowest).map(({ value }) => value)))
    add(
      'rss_mb_per_min',
      'MB/min',
      grows(({ rssMb }) => rssMb),
    )
    add('rss_mb', 'MB', (looks) => Math.max(...looks.map(({ rssMb }) => rssMb)), 'the most')
    add(
      'loop_p99_ms',
      'ms',
      (looks) => median(looks.map(({ loopP99Ms }) => loopP99Ms)),
      'median of all looks',
    )
    add('loop_p99_worst_ms', 'ms', (looks) => Math.max(...looks.map(({ loopP99Ms }) => loopP99Ms)))
    add(
      'files_per_min',
      '/min',
      grows(({ files }) => files),
      'open files and sockets',
    )
    add('files', 'files', (looks) => Math.max(...looks.map(({ files }) => files)), 'the most')
  }
  return figures
}
