/** One run of the whole pipeline at a fixed rate, with all that must be true of it checked. */
import { ledgerSums, votesStored } from './ledger.pg.ts'
import type { BenchHouse } from './house.ts'
import type { Voters } from './load/voters-process.ts'
import type { Ballot } from './load/messages.ts'
import { measure, planFor, type Measured } from './measured-run.ts'
import { planUpkeep } from './mid-run.ts'
import { Dishonest, type Bench } from './part.ts'
import { tellProgress } from './tell-progress.ts'
import { rounded } from './statistics.ts'

export interface PipelineRun {
  readonly measured: Measured
  readonly rate: number
  readonly votesPerS: number
  readonly mostWaiting: number
  readonly lastWaiting: number
  readonly votesPerJob: number
}

const mostTries = 4
const lowerBy = 0.9
// Votes that are due and find no connection free are a queue as well: at the end no more than this may wait.
const behindS = 0.5

interface RunParts {
  readonly bench: Bench
  readonly opened: BenchHouse
  readonly voters: Voters
  readonly ballot: Ballot
  readonly rate: number
  readonly seconds: number
  /** Whether a checkpoint and a rewrite of the AOF fall into its middle. */
  readonly withUpkeep: boolean
}

/** A queue that grows, at the door or behind it, means that the rate is not kept up: then once more, slower. */
export async function runPipeline(its: RunParts): Promise<PipelineRun> {
  let { rate } = its
  for (let tries = 1; ; tries++) {
    const { run, grows } = await runOnce({ ...its, rate })
    const { tookS, pacedS } = run.measured.told
    if (!grows && tookS - pacedS <= behindS) return run
    if (tries === mostTries) {
      throw new Dishonest(`a queue grew at every rate down to ${rounded(rate)} votes/s`)
    }
    its.bench.say(
      `    ${rounded(rate)} votes/s are not kept up (at the end ${run.lastWaiting} jobs wait, and the door is ` +
        `${rounded(tookS - pacedS)} s behind): once more, slower`,
    )
    rate *= lowerBy
  }
}

async function runOnce(its: RunParts): Promise<{ run: PipelineRun; grows: boolean }> {
  const { bench, opened, voters, ballot, rate, seconds, withUpkeep } = its
  const before = {
    ledger: await ledgerSums(opened.db),
    stored: await votesStored(opened.db, [ballot.pollId]),
  }
  const upkeep = withUpkeep ? await planUpkeep(opened) : null
  const waiting: number[] = []
  let sampling: NodeJS.Timeout | undefined
  let isUpkeepBegun = false
  let startedAt = 0
  let endsAt = 0
  const sample = async () => {
    const elapsedS = (performance.now() - startedAt) / 1000
    if (performance.now() > endsAt) return
    waiting.push(await opened.queue.left())
    if (upkeep !== null && !isUpkeepBegun && elapsedS >= seconds / 2) {
      isUpkeepBegun = true
      await upkeep.begin()
    }
  }
  try {
    const measured = await measure({
      ...{ voters, judge: 'urna', trees: opened.trees },
      plan: planFor({ kind: 'open', seconds, rate }, rate),
      async settled() {
        await opened.settled(300)
        // What is left of both belongs to what the votes cost.
        await upkeep?.check()
      },
      onStart() {
        startedAt = performance.now()
        endsAt = startedAt + seconds * 1000
        sampling = setInterval(() => void sample().catch(() => undefined), 1_000)
      },
      onProgress: tellProgress(bench.say, () => `, ${waiting.at(-1) ?? 0} jobs waiting`),
    })
    clearInterval(sampling)
    if (waiting.length < measured.told.pacedS * 0.8) throw new Dishonest('the queue was not looked at')
    for (const remark of measured.remarks) bench.say(`    ${remark}`)
    await checkBooks(opened, ballot, before, measured.told.accepted)
    const { batches } = await ledgerSums(opened.db)
    const jobs = batches - before.ledger.batches
    const run: PipelineRun = {
      ...{ measured, rate },
      votesPerS: measured.told.acceptedInPace / measured.told.pacedS,
      mostWaiting: Math.max(0, ...waiting),
      lastWaiting: waiting.at(-1) ?? 0,
      votesPerJob: measured.told.accepted / Math.max(jobs, 1),
    }
    return { run, grows: isGrowing(waiting, jobs / measured.told.pacedS) }
  } finally {
    clearInterval(sampling)
  }
}

/** More at the end than the workers take in a second, and clearly more than in the beginning. */
function isGrowing(waiting: readonly number[], jobsPerS: number): boolean {
  const third = Math.max(1, Math.floor(waiting.length / 3))
  const mean = (of: readonly number[]) => of.reduce((sum, n) => sum + n, 0) / Math.max(of.length, 1)
  const last = mean(waiting.slice(-third))
  return last > jobsPerS && last > 1.5 * mean(waiting.slice(0, third))
}

/** What the voters were told, the rows and the ledger are one number. */
async function checkBooks(
  { db }: BenchHouse,
  { pollId }: Ballot,
  before: {
    readonly ledger: { readonly counted: number; readonly received: number }
    readonly stored: number
  },
  accepted: number,
): Promise<void> {
  const ledger = await ledgerSums(db)
  const numbers = {
    'rows stored': (await votesStored(db, [pollId])) - before.stored,
    'counted in the ledger': ledger.counted - before.ledger.counted,
    'received in the ledger': ledger.received - before.ledger.received,
  }
  for (const [what, n] of Object.entries(numbers)) {
    if (n !== accepted) throw new Dishonest(`${accepted} votes were accepted, but ${n} ${what}`)
  }
  if (ledger.unemitted > 0) throw new Dishonest(`${ledger.unemitted} ledger rows are not marked as emitted`)
}
