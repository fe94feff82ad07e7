/** Turns Ctrl-C and its kin into one wish to stop; a second one ends at once. */

// A terminal signals the whole group and npm forwards the same key press again, late where the machine is busy: within
// this time it is one wish.
const echoMs = 2_000

export function listenForStop(say: (line: string) => void): AbortSignal {
  const stopping = new AbortController()
  let askedAt = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) {
        askedAt = Date.now()
        stopping.abort(new Error(`stopped by ${name}`))
        return
      }
      if (Date.now() - askedAt < echoMs) return
      say('Ended at once: what was running has been killed.') // the kernel kills our children with us
      process.exit(130)
    })
  }
  return stopping.signal
}
