/** Asks each dependency of a process whether it answers, no longer than two seconds. */
import { setTimeout as sleep } from 'node:timers/promises'

/** required: without it the process cannot do its work. `check` throws when the dependency is down. */
export interface Check {
  readonly required: boolean
  readonly check: () => Promise<void | Record<string, unknown>>
}
export type Checks = Readonly<Record<string, Check>>

export interface DependencyState {
  readonly up: boolean
  readonly required: boolean
  readonly tookMs: number
  /** Why it is not up: one line. */
  readonly reason?: string
  /** What the check had to tell. */
  readonly [detail: string]: unknown
}

export interface Readiness {
  readonly ready: boolean
  readonly dependencies: Readonly<Record<string, DependencyState>>
}

// Probes give up after a few seconds themselves; a dependency that needs longer than this is as good as away.
const answerWithinMs = 2_000

/** Makes the function that asks all at once; calls at the same time share one round. */
export function makeReadiness(checks: Checks): () => Promise<Readiness> {
  let asking: Promise<Readiness> | null = null
  return () => {
    asking ??= askAll(checks).finally(() => {
      asking = null
    })
    return asking
  }
}

async function askAll(checks: Checks): Promise<Readiness> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await ask(check)] as const),
  )
  return {
    ready: states.every(([, { up, required }]) => up || !required),
    dependencies: Object.fromEntries(states),
  }
}

async function ask({ required, check }: Check): Promise<DependencyState> {
  const begin = performance.now()
  const tookMs = () => Math.round(performance.now() - begin)
  const done = new AbortController()
  try {
    const late = sleep(answerWithinMs, undefined, { signal: done.signal }).then(() => {
      throw new Error(`no answer within ${answerWithinMs} ms`)
    })
    const told = await Promise.race([check(), late])
    return { ...told, up: true, required, tookMs: tookMs() }
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
    return { up: false, required, tookMs: tookMs(), reason }
  } finally {
    done.abort()
  }
}
