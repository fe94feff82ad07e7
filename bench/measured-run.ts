/** One measured run of voters: requests made, warmed up, CPU counted from the first vote to the end of all work. */
import { checkLoad, checkMachine } from './check-load.ts'
import { cpuBetween, cpuNow, type CpuUsed, type Trees } from './cpu.ts'
import type { Voters } from './load/voters-process.ts'
import type { Pace, Progress, RunPlan, RunTold } from './load/messages.ts'

/** How many of 100 requests are bad. */
export const badPercent = 2

/**
 * A voter waits for an answer, up to 60 ms for the group alone: with 512 connections four gateways could not take more
 * than 12,000 votes a second, whatever they cost.
 */
export const manyConnections = 2_048

export interface Measured {
  readonly told: RunTold
  readonly cpu: CpuUsed
  readonly remarks: readonly string[]
}

/** A plan for this pace; `most` is what a closed pace could reach, in requests a second. */
export function planFor(pace: Pace, most: number, more: Partial<RunPlan> = {}): RunPlan {
  const perSecond = pace.kind === 'open' ? pace.rate : most
  return {
    pace,
    requests: Math.ceil(pace.seconds * perSecond),
    badPercent,
    againAfterMs: 1_000,
    untilAllAccepted: pace.kind === 'open',
    patienceS: 60,
    ...more,
  }
}

/** Votes for a while, as fast as answers come; answers how many a second were accepted. */
export async function warmUp(voters: Voters, seconds: number, more: Partial<RunPlan> = {}): Promise<number> {
  // More than any process here can answer: the run ends by the clock.
  const plan = planFor({ kind: 'closed', seconds }, 60_000, { badPercent: 0, againAfterMs: 100, ...more })
  await voters.prepare(plan)
  const told = await voters.run()
  return told.accepted / told.tookS
}

/** `settled` resolves when nothing is left to do; the CPU of `trees` is counted until then. */
export async function measure(its: {
  readonly voters: Voters
  readonly plan: RunPlan
  readonly judge: 'urna' | 'rival'
  readonly trees: () => Trees
  readonly settled?: () => Promise<void>
  /** The requests are made, the clock starts. */
  readonly onStart?: () => void
  readonly onProgress?: (progress: Progress) => void
}): Promise<Measured> {
  const { voters, plan, judge, trees } = its
  await voters.prepare(plan)
  its.onStart?.()
  const before = cpuNow(trees())
  const told = await voters.run(its.onProgress)
  const answered = cpuNow(trees())
  await its.settled?.()
  const cpu = cpuBetween(before, cpuNow(trees()))
  // Making the requests is over, and the CPU of others is of interest only while votes were cast.
  const remarks = [
    ...checkLoad(told, judge === 'urna' && plan.badPercent > 0),
    ...checkMachine(cpuBetween(before, answered)),
  ]
  return { told, cpu, remarks }
}
