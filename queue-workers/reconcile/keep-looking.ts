/** The reconciler's life: it looks at each poll when it is due, reports what it found, and logs what is new of it. */
import type { Reconciliation } from '../../contracts/reconciliation.ts'
import type { Log } from '../../runtime/log.ts'
import { rest } from '../../runtime/rest.ts'
import { dateDrifts } from './date-drifts.ts'
import type { DriftMetrics } from './drift-metrics.ts'
import type { Look, Looked } from './look.ts'
import { makePace } from './pace.ts'
import type { WatchedPoll } from './watched-polls.slonik.ts'

const restMs = 1_000
// Each batch that waits is looked up in the ledger: 5 us of CPU, of which this is twenty times.
const msPerQueuedBatch = 0.1
// By then a service is away, and asking for the rest would only take long.
const faultsInARow = 3

/** Ends when the signal fires. What fails is told, and tried again at the next look. */
export async function keepLooking(parts: {
  readonly polls: () => Promise<readonly WatchedPoll[]>
  readonly look: (polls: readonly WatchedPoll[]) => Promise<Look>
  /** What was reported before us. */
  readonly lastReports: () => Promise<Map<string, Reconciliation>>
  readonly report: (reports: readonly Reconciliation[]) => Promise<void>
  /** Told when no poll is left whose last look failed. */
  readonly onLooked: () => Promise<void>
  /** Polls that something is remembered of. */
  readonly heardOf: () => readonly string[]
  /** Which of these polls are certified, or not of this house. */
  readonly whichAreOver: (pollIds: readonly string[]) => Promise<readonly string[]>
  /** Told of them. */
  readonly onOver: (pollIds: readonly string[]) => void
  readonly metrics: DriftMetrics
  readonly signal: AbortSignal
  readonly log: Log
}): Promise<void> {
  const { signal, log } = parts
  const pace = makePace<WatchedPoll>()
  let reports: Map<string, Reconciliation> | null = null
  const failing = new Set<number>()
  let isFailing = false

  /** Answers how many batches wait. */
  async function lookAt(group: readonly WatchedPoll[], before: Map<string, Reconciliation>): Promise<number> {
    const beganAt = performance.now()
    const { looked, queuedBatches } = await parts.look(group).catch((error: unknown) => {
      const now = performance.now()
      pace.failed(group, now - beganAt, now)
      group.forEach(({ pollNo }) => failing.add(pollNo))
      throw error
    })
    group.forEach(({ pollNo }) => failing.delete(pollNo))
    const now = looked.map((its) => reportOf(its, before.get(its.poll.pollId)))
    for (const [i, report] of now.entries()) {
      tell(report, before.get(report.pollId), log)
      before.set(report.pollId, report)
      const its = looked[i]
      if (its !== undefined) pace.looked(its.poll, its.rows, beganAt)
    }
    await parts.report(now)
    return queuedBatches
  }

  async function lookOnce(): Promise<number> {
    const before = (reports ??= await parts.lastReports())
    const heardOf = parts.heardOf()
    const polls = await parts.polls()
    const standing = new Set(polls.map(({ pollId }) => pollId))
    const nos = new Set(polls.map(({ pollNo }) => pollNo))
    for (const pollNo of failing) if (!nos.has(pollNo)) failing.delete(pollNo)
    const unwatched = [...before.keys(), ...heardOf].filter((pollId) => !standing.has(pollId))
    for (const pollId of unwatched) before.delete(pollId)
    // Who opens by the clock may be voted in before Postgres has noted it: not watched yet is not over.
    if (unwatched.length > 0) parts.onOver(await parts.whichAreOver(unwatched))
    const beganAt = performance.now()
    let queuedBatches = 0
    const faults: unknown[] = []
    let isAnyLooked = false
    for (const group of pace.groups(pace.due(polls, beganAt))) {
      if (signal.aborted) break
      // What is well comes first: where nothing is, it is no poll's own fault.
      if (!isAnyLooked && faults.length === faultsInARow) break
      try {
        queuedBatches += await lookAt(group, before)
        isAnyLooked = true
      } catch (error) {
        faults.push(error)
      }
    }
    if (failing.size === 0) await parts.onLooked()
    parts.metrics.told(before.values(), { tookMs: performance.now() - beganAt })
    if (faults.length > 0) throw faults[0]
    return restMs + queuedBatches * msPerQueuedBatch
  }

  while (!signal.aborted) {
    let pauseMs = restMs
    try {
      pauseMs = await lookOnce()
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'the books cannot be looked at for now; trying again')
      isFailing = true
    }
    await rest(pauseMs, signal)
  }
  parts.metrics.clear()
}

function reportOf({ poll, asOf, books, sources, found }: Looked, before?: Reconciliation): Reconciliation {
  const { pollId } = poll
  return { pollId, asOf, books, sources: [...sources], drifts: dateDrifts(found, before, asOf) }
}

function tell(report: Reconciliation, before: Reconciliation | undefined, log: Log): void {
  const { pollId } = report
  for (const drift of report.drifts) {
    const known = before?.drifts.find(({ what }) => what === drift.what)
    if (known?.says !== drift.says) log.error({ pollId, ...drift }, 'numbers do not agree')
  }
  for (const drift of before?.drifts ?? []) {
    if (!report.drifts.some(({ what }) => what === drift.what))
      log.info({ pollId, what: drift.what, since: drift.since }, 'numbers agree again')
  }
}
