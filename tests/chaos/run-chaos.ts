/** One run: a stage, voters, the drawn faults, quiet, and the verdict. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rest } from '../../runtime/rest.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { adminAt, secrets } from '../house.ts'
import { makeChance } from '../generated-calls.ts'
import { doFault, inWords, type Traces } from './deeds.ts'
import { drawFaults, type DrawnFault } from './draw-faults.ts'
import { faultText } from './fault-text.ts'
import { isTooGentle, judge, type Verdict } from './judge.ts'
import { lookAtProgress } from './look.pg.ts'
import { jobsLeft, lookFromOutside, shownBy } from './look.ts'
import type { ChaosOptions } from './options.ts'
import type { Seen } from './seen.ts'
import { openStage, type Stage } from './stage.ts'
import { startVoters, type ChaosPoll, type Voters } from './voters.ts'

export interface ChaosRun extends Verdict {
  readonly seed: number
  readonly faults: number
  /** Faults that met votes in flight. */
  readonly met: number
  readonly isTooGentle: boolean
  readonly votesSent: number
  readonly tookS: number
  /** Where the evidence lies; null where it was thrown away. */
  readonly evidence: string | null
}

// A voter tries every 8 s at the latest; the rest is for a machine that is busy with other things.
const lastAnswersWithinMs = 240_000
// As long as anything moves it is waited for; this long without any movement is the end.
const stillForMs = 60_000
const settledWithinMs = 600_000

export async function runChaos(
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ChaosRun> {
  const startedAt = Date.now()
  const dataDir = makeTempFolder('urna-chaos-')
  let isToBeKept = true
  try {
    const run = await runIn(dataDir, options, say, signal)
    isToBeKept = run.disagreements.length > 0
    return {
      ...run,
      tookS: Math.round((Date.now() - startedAt) / 1_000),
      evidence: isToBeKept ? dataDir : options.evidence,
    }
  } finally {
    if (isToBeKept && !signal.aborted) say(`The evidence is kept in ${dataDir}`)
    else removeTempFolder(dataDir)
  }
}

async function runIn(
  dataDir: string,
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<ChaosRun, 'tookS' | 'evidence'>> {
  const { seed } = options
  say(`seed ${seed}; Postgres, Redis, ${options.kafkaNodes} x Kafka, gateways and workers are started`)
  await using stage = await openStage({ dataDir, kafkaNodes: options.kafkaNodes, say, signal })
  const faults = drawFaults({
    ...{ seed, faults: options.faults, everyMs: options.everyMs, mostMs: options.minutes * 60_000 },
    ...{ troupe: stage.troupe, only: options.only, forget: options.forget },
  })
  if (!stage.troupe.canFillDisk) say('Skipped: a full disk for Postgres needs root and a mount of its own.')
  const polls = await openPolls(stage)
  const voters = startVoters({
    ...{ polls, doors: stage.doors, sessionSecret: secrets.SESSION_SECRET, rate: options.rate },
    chance: makeChance(seed + 1),
  })
  const traces: Traces = { stolen: [], forgotten: 0 }
  const met = await doFaults(faults, stage, voters, traces, say, signal)

  say('No more faults; the last voters get their answers, and the house comes to rest.')
  await voters.end(lastAnswersWithinMs, signal)
  signal.throwIfAborted()
  await settle(stage, polls, voters, traces, signal)
  const seen = await lookFromOutside(stage, polls, voters)
  const known = { polls, log: voters.log, ...traces }
  const verdict = judge(known, seen)
  const gentle = isTooGentle(met, faults.length)
  const run = {
    seed,
    faults: faults.length,
    met,
    isTooGentle: gentle,
    votesSent: voters.log.length,
    ...verdict,
  }
  for (const folder of [
    ...(verdict.disagreements.length > 0 ? [dataDir] : []),
    options.evidence ?? [],
  ].flat())
    keepEvidence(folder, { run, faults, voters, seen, traces })
  return run
}

async function openPolls(stage: Stage): Promise<ChaosPoll[]> {
  const [first] = stage.gateways
  if (first === undefined) throw new Error('no gateway')
  const { trpc } = adminAt({ process: first.process, url: first.url, trpcUrl: `${first.url}/trpc` })
  const rules = [
    { name: 'one vote', limit: { votes: 1, perSeconds: null } },
    { name: '7 an hour', limit: { votes: 7, perSeconds: 3_600 } },
    { name: 'unlimited', limit: null },
  ]
  const polls: ChaosPoll[] = []
  for (const { name, limit } of rules) {
    const { pollId } = await trpc.admin.createPoll.mutate({
      question: `Which dance? (${name})`,
      options: ['Samba', 'Forro', 'Frevo'],
      boxes: [{ boxId: 'audience', voters: 'device', limit, weight: 10_000 }],
    })
    const poll = await trpc.admin.openPoll.mutate({ pollId })
    const optionIds = poll.options.map(({ optionId }) => optionId)
    polls.push({ pollId, name, limit: limit?.votes ?? null, optionIds })
  }
  // Every gateway has to know them, or its first voters would hear that there is no such poll.
  for (const { url, process } of stage.gateways) {
    const { trpc: there } = adminAt({ process, url, trpcUrl: `${url}/trpc` })
    for (const { pollId } of polls) {
      for (let tries = 1; ; tries++) {
        const state = await there.poll.byId.query({ pollId }).then(
          (poll) => poll.state,
          () => null,
        )
        if (state === 'open') break
        if (tries === 200) throw new Error(`${process.name} does not know ${pollId}`)
        await rest(50)
      }
    }
  }
  return polls
}

/** Does each at its time, or as soon as what it befalls is itself again; answers how many met votes in flight. */
async function doFaults(
  faults: readonly DrawnFault[],
  stage: Stage,
  voters: Voters,
  traces: Traces,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = Date.now()
  const under = new Map<string, Promise<void>>()
  const all: Promise<void>[] = []
  let met = 0
  for (const fault of faults) {
    await rest(startedAt + fault.atMs - Date.now(), signal)
    // What it befalls, coarsely: two deeds never hold the same process or server at once.
    const part = partOf(fault)
    await under.get(part)
    signal.throwIfAborted()
    const open = voters.open()
    const stored = await stage.withDb(lookAtProgress).then(
      (progress) => progress.stored,
      () => null,
    )
    const unstored = stored === null ? null : Math.max(0, voters.accepted() - stored)
    if (open > 0 || (unstored ?? 0) > 0) met++
    const second = ((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)
    const waiting = unstored === null ? 'Postgres away' : `${unstored} accepted and not stored`
    say(
      `#${fault.no} ${second} s  ${inWords(fault, stage)}; in flight: ${open} sent and not answered, ${waiting}`,
    )
    const deed = doFault(fault, stage, traces).then(
      (remark) => void (remark !== '' && say(`      #${fault.no}: ${remark}`)),
      (error: unknown) => {
        throw new Error(`fault ${fault.no} (${fault.kind}) went wrong: ${faultText(error)}`, { cause: error })
      },
    )
    deed.catch(() => undefined)
    under.set(part, deed)
    all.push(deed)
  }
  await Promise.all(all)
  return met
}

const partOf = ({ kind, target }: DrawnFault): string => {
  if (kind.includes('kafka')) return 'kafka'
  if (kind.includes('postgres')) return 'postgres'
  if (kind === 'kill-redis' || kind === 'restart-redis' || kind.startsWith('forget')) return 'redis'
  if (kind.includes('gateway') || kind.startsWith('cut-'))
    return `${kind === 'cut-tally-answer' ? 'persister' : 'gateway'} ${target}`
  return `${kind} ${target}`
}

/** Resolves when all agree, or nothing moves any more: the judge says what that means. */
async function settle(
  stage: Stage,
  polls: readonly ChaosPoll[],
  voters: Voters,
  { forgotten }: Traces,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + settledWithinMs
  let last = ''
  let movedAt = Date.now()
  while (Date.now() < until && Date.now() - movedAt < stillForMs) {
    signal.throwIfAborted()
    await rest(500)
    try {
      const { stored, unemitted } = await stage.withDb(lookAtProgress)
      const jobs = await jobsLeft(stage)
      const shown = await shownBy(stage, polls)
      const totals = Map.groupBy(shown, ({ by }) => by)
      const sums = [...totals.values()].map((its) =>
        its.flatMap(({ options }) => Object.values(options)).reduce((sum, n) => sum + n, 0),
      )
      const isThere = forgotten > 0 || stored >= voters.accepted()
      if (isThere && unemitted === 0 && jobs === 0 && sums.every((sum) => sum === stored)) return
      const now = JSON.stringify({ stored, unemitted, jobs, sums })
      if (now !== last) movedAt = Date.now()
      last = now
    } catch {
      // something is not up again yet
    }
  }
}

function keepEvidence(
  folder: string,
  its: {
    run: Verdict & { seed: number; faults: number }
    faults: readonly DrawnFault[]
    voters: Voters
    seen: Seen
    traces: Traces
  },
): void {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, what: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(what, null, 1)}\n`)
  const lines = (name: string, all: readonly unknown[]) =>
    writeFileSync(join(folder, name), all.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const { run, faults, voters, seen, traces } = its
  write('verdict.json', run)
  write('faults.json', { faults, traces })
  lines('voters.jsonl', voters.log)
  lines('rows.jsonl', seen.rows)
  lines('ledger.jsonl', seen.ledger)
  lines('events.jsonl', seen.events)
  write('shown.json', { tallies: seen.tallies, statuses: seen.statuses })
}
