/** The reader's life: it begins again when Kafka or its database was away, and says once when either goes or comes. */
import { backoffMs } from '../../contracts/backoff.ts'
import type { Log } from '../../runtime/log.ts'
import { repeat, rest } from '../../runtime/rest.ts'

const whileAwayMs = { first: 500, longest: 5_000 }
// A Kafka that is away is not waited for at the end: what was not committed is undone with its connection.
const endWithinMs = 3_000

export interface Reading extends AsyncDisposable {
  /** Whether it is a member of its group. */
  readonly isReading: () => boolean
}

export function keepReading(parts: {
  /** Reads until the signal fires; rejects when it cannot. */
  readonly read: (signal: AbortSignal, onJoined: () => void) => Promise<void>
  readonly log: Log
}): Reading {
  const { log } = parts
  const stopping = new AbortController()
  let state: 'unknown' | 'up' | 'down' = 'unknown'
  let faults = 0
  const onJoined = () => {
    if (state === 'down') log.info('the read model reads on')
    state = 'up'
    faults = 0
  }
  const loop = repeat(
    0,
    async (signal) => {
      try {
        await parts.read(AbortSignal.any([signal, stopping.signal]), onJoined)
      } catch (error) {
        if (signal.aborted) return
        if (state !== 'down') log.warn({ err: error }, 'the read model cannot read on; it shows what it has')
        state = 'down'
        await rest(backoffMs(++faults, whileAwayMs), signal)
      }
    },
    (error) => log.error({ err: error }, 'read model'),
  )
  return {
    isReading: () => state === 'up',
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await Promise.race([loop.stop(), rest(endWithinMs)])
    },
  }
}
