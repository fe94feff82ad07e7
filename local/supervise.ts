/** Starts a process again when it dies, with growing pauses, and tells it in one line. */
import { setTimeout as rest } from 'node:timers/promises'
import { howItEnded } from './child.ts'
import type { Managed } from './managed.ts'
import { seconds } from './report.ts'
import { lineFor } from './trouble.ts'

// 0.25 s, 0.5 s, 1 s ... 30 s: quick enough for a crash by accident, slow enough for one that repeats.
const firstWaitMs = 250
const longestWaitMs = 30_000
// Whoever stood this long has recovered: the next crash is a first one again.
const steadyAfterMs = 60_000

export interface Supervised {
  /**
   * Ends it, whatever it is doing, and starts it anew: true once it answers, false where a later call overtook this
   * one. Throws what kept it from starting, and then leaves it down until the next call.
   */
  renew(): Promise<boolean>
  /** Ends the watch and then the process: nothing is started again after this. */
  stop(): Promise<void>
}

export interface SuperviseOptions {
  readonly say: (line: string) => void
  readonly stop: (managed: Managed) => Promise<void>
  readonly random?: () => number
}

export function supervise(managed: Managed, options: SuperviseOptions): Supervised {
  const { say, random = Math.random } = options
  const stopping = new AbortController()
  // Whoever tries to bring it back heeds this one; a renewal ends the try before it.
  let trying = new AbortController()
  let tries = 0
  let startedAt = Date.now()
  let work: Promise<void> = Promise.resolve()

  const bringBack = async (what: string, isQuiet: boolean) => {
    const signal = AbortSignal.any([stopping.signal, trying.signal])
    const endedAt = Date.now()
    if (endedAt - startedAt > steadyAfterMs) tries = 0
    for (; !signal.aborted; tries++) {
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** tries) * (0.75 + random() / 4)
      try {
        await rest(waitMs, undefined, { signal })
        // Alive but not yet ready may be waiting for somebody else, so its patience has no end: only its death counts.
        await managed.start(signal, Infinity)
      } catch (fault) {
        if (signal.aborted) return
        if (!isQuiet) say(`${managed.name} ${what} and does not start again, trying on: ${lineFor(fault)}`)
        isQuiet ||= tries > 3
        continue
      }
      tries++
      startedAt = Date.now()
      return say(`${managed.name} ${what}: up again after ${seconds(endedAt)}`)
    }
  }

  const unlisten = managed.onSurpriseEnd((how) => {
    if (!stopping.signal.aborted) work = bringBack(`ended (${howItEnded(how)})`, false)
  })
  if (managed.pid === null) {
    tries = 7 // it could not be started at all so far: the longest wait, and a word only when it comes
    work = bringBack('was missing', true)
  }

  async function startAnew(signal: AbortSignal): Promise<boolean> {
    try {
      await managed.stop()
      await managed.start(signal)
    } catch (fault) {
      if (signal.aborted) return false
      throw fault
    }
    tries = 0
    startedAt = Date.now()
    return true
  }

  return {
    async renew() {
      trying.abort()
      trying = new AbortController()
      const signal = AbortSignal.any([stopping.signal, trying.signal])
      const renewal = work.then(() => !signal.aborted && startAnew(signal))
      work = renewal.then(nothing, nothing)
      return renewal
    },
    async stop() {
      stopping.abort()
      unlisten()
      await work
      await options.stop(managed)
    },
  }
}

const nothing = () => undefined
