/** Tells faults that come by the thousand in two lines: the first of them, and how many they were once it works again. */
import type { Log } from './log.ts'

// What fails for some and works for others at the same time has not come back.
const quietForMs = 1_000

export interface Outage {
  /** `about`: what else the line says of the first one. */
  readonly failed: (error: unknown, about?: Record<string, unknown>) => void
  readonly works: () => void
}

/** `gone`: said of the first fault, with it. `back`: said with how many failed, when none has for a second. */
export function tellOutage(
  log: Pick<Log, 'warn'>,
  { gone, back }: { readonly gone: string; readonly back: string },
  now: () => number = () => performance.now(),
): Outage {
  let failed = 0
  let [since, lastAt] = [0, 0]
  return {
    failed(error, about = {}) {
      lastAt = now()
      failed++
      if (failed > 1) return
      since = lastAt
      log.warn({ ...about, err: error }, gone)
    },
    works() {
      if (failed === 0 || now() - lastAt < quietForMs) return
      log.warn({ failed, forMs: Math.round(lastAt - since) }, back)
      failed = 0
    },
  }
}
