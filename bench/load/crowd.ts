/** Several load processes as one: what one of them would do is dealt out, what they were told is added up. */
import { startVoters, type Voters } from './voters-process.ts'
import type { Pace, Progress, RunPlan, RunTold, VotersSetup } from './messages.ts'

export async function startCrowd(
  setup: VotersSetup,
  processes: number,
  signal: AbortSignal,
): Promise<Voters> {
  if (processes === 1) return startVoters(setup, signal)
  await using stack = new AsyncDisposableStack()
  const connections = Math.ceil(setup.connections / processes)
  const all: Voters[] = []
  for (let i = 0; i < processes; i++) {
    all.push(stack.use(await startVoters({ ...setup, connections }, signal)))
  }
  const open = stack.move()
  return {
    pids: all.flatMap(({ pids }) => pids),
    async prepare(plan) {
      await Promise.all(all.map((voters, i) => voters.prepare(shareOf(plan, processes, i))))
    },
    async run(onProgress) {
      const last: Progress[] = all.map(() => ({ accepted: 0, noRoom: 0 }))
      const runs = all.map((voters, i) =>
        voters.run((progress) => {
          last[i] = progress
          onProgress?.({
            accepted: last.reduce((sum, { accepted }) => sum + accepted, 0),
            noRoom: last.reduce((sum, { noRoom }) => sum + noRoom, 0),
          })
        }),
      )
      return addUp(await Promise.all(runs))
    },
    endPace: () => all.forEach((voters) => voters.endPace()),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

function shareOf(plan: RunPlan, processes: number, i: number): RunPlan {
  const pace: Pace =
    plan.pace.kind === 'open' ? { ...plan.pace, rate: plan.pace.rate / processes } : plan.pace
  const { acceptedFile, dueFile, ...rest } = plan
  return {
    ...rest,
    pace,
    requests: Math.ceil(plan.requests / processes),
    ...(acceptedFile !== undefined && { acceptedFile: `${acceptedFile}.${i}` }),
    ...(dueFile !== undefined && { dueFile: `${dueFile}.${i}` }),
  }
}

/** Percentiles cannot be added: the worst process speaks for all. */
function addUp(all: readonly RunTold[]): RunTold {
  const sum = (of: (told: RunTold) => number) => all.reduce((total, told) => total + of(told), 0)
  const most = (of: (told: RunTold) => number) => Math.max(...all.map(of))
  const byReason = (of: (told: RunTold) => Readonly<Record<string, number>>) => {
    const total: Record<string, number> = {}
    for (const told of all) {
      for (const [reason, n] of Object.entries(of(told))) total[reason] = (total[reason] ?? 0) + n
    }
    return total
  }
  return {
    tookS: most((told) => told.tookS),
    pacedS: most((told) => told.pacedS),
    sent: sum((told) => told.sent),
    accepted: sum((told) => told.accepted),
    acceptedInPace: sum((told) => told.acceptedInPace),
    refused: byReason((told) => told.refused),
    noRoom: byReason((told) => told.noRoom),
    wrong: sum((told) => told.wrong),
    wrongExamples: all.flatMap((told) => told.wrongExamples),
    unanswered: sum((told) => told.unanswered),
    cut: sum((told) => told.cut),
    latency: {
      p50: most((told) => told.latency.p50),
      p90: most((told) => told.latency.p90),
      p99: most((told) => told.latency.p99),
      max: most((told) => told.latency.max),
    },
    generator: {
      cpuS: sum((told) => told.generator.cpuS),
      ofACore: most((told) => told.generator.ofACore),
      loopDelayMaxMs: most((told) => told.generator.loopDelayMaxMs),
    },
  }
}
