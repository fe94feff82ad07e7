/** Tells faults that come by the thousand in a few lines: the first of them, and how many they were once it works again. */
import type { Log } from './log.ts'

// What fails for some and works for others at the same time has not come back.
const quietForMs = 1_000
// Another fault than the one that was told may be of another cause; one that lasts is told now and then.
const otherAfterMs = 1_000
const sameAfterMs = 60_000

export interface Outage {
  /** `about`: what else the line says of the first one. */
  readonly failed: (error: unknown, about?: Record<string, unknown>) => void
  readonly works: () => void
}

/**
 * `gone`: said of the first fault, with it; again with another one, once a second at most, and each minute. `back`: said with how many failed, when none
 * has for a second.
 */
export function tellOutage(
  log: Pick<Log, 'warn'>,
  { gone, back }: { readonly gone: string; readonly back: string },
  now: () => number = () => performance.now(),
): Outage {
  let failed = 0
  let [since, lastAt, toldAt] = [0, 0, 0]
  let told = ''
  return {
    failed(error, about = {}) {
      lastAt = now()
      if (failed++ === 0) since = lastAt
      else {
        const isOther = String(error) !== told
        if (lastAt - toldAt < (isOther ? otherAfterMs : sameAfterMs)) return
      }
      toldAt = lastAt
      told = String(error)
      log.warn({ ...about, err: error }, gone)
    },
    works() {
      if (failed === 0 || now() - lastAt < quietForMs) return
      log.warn({ failed, forMs: Math.round(lastAt - since) }, back)
      failed = 0
    },
  }
}
