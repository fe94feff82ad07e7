/** Waiting: for a while, or between two runs of the same work, until a signal ends it. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Rests for `ms`; ends at once, without an error, when the signal fires. */
export async function rest(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined)
}

/**
 * Runs `work` again and again, `everyMs` after its last end, until stopped; a failed run is told and tried again.
 * stop() waits for the run under way.
 */
export function repeat(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  onFault: (error: unknown) => void,
): { wake: () => void; stop: () => Promise<void> } {
  const stopping = new AbortController()
  let waking = new AbortController()
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      try {
        await work(stopping.signal)
      } catch (error) {
        onFault(error)
        waking = new AbortController()
      }
      await rest(everyMs, AbortSignal.any([stopping.signal, waking.signal]))
    }
  })()
  return {
    wake: () => waking.abort(),
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}
