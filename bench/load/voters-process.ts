/** A process full of voters as the bench sees it: warmed up, prepared, run. */
import { startLoadChild } from './load-child.ts'
import type { FromVoters, Progress, RunPlan, RunTold, ToVoters, VotersSetup } from './messages.ts'

export interface Voters extends AsyncDisposable {
  readonly pids: readonly number[]
  /** Makes the requests of the next run. */
  readonly prepare: (plan: RunPlan) => Promise<void>
  readonly run: (onProgress?: (progress: Progress) => void) => Promise<RunTold>
  /** Ends the pace of the run under way. */
  readonly endPace: () => void
}

/** It has connected when this resolves. */
export async function startVoters(setup: VotersSetup, signal: AbortSignal): Promise<Voters> {
  const load = startLoadChild<ToVoters, FromVoters>('bench/load/voters.ts', setup, signal)
  await load.next('connected')
  return {
    pids: [load.pid],
    async prepare(plan) {
      load.say({ do: 'prepare', plan })
      await load.next('prepared')
    },
    async run(onProgress) {
      load.on('progress', ({ progress }) => onProgress?.(progress))
      load.say({ do: 'run' })
      return (await load.next('told')).told
    },
    endPace: () => load.say({ do: 'end-pace' }),
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  }
}
