/** Says in the metrics how long ago the books were last looked at, whichever worker did: also if none does any more. */
import { Gauge, type Registry } from 'prom-client'
import { repeat } from '../../runtime/rest.ts'

const askEveryMs = 1_000

/** `lastLook`: epoch ms. */
export function measureLastLook(parts: {
  readonly registry: Registry
  readonly lastLook: () => Promise<number>
}): AsyncDisposable {
  // Where it was never looked, or nobody can say: since this worker began.
  let at = Date.now()
  new Gauge({
    name: 'urna_reconcile_last_look_age_seconds',
    help: 'How long ago the books of all polls that were due could last be looked at, by any worker.',
    registers: [parts.registry],
    collect() {
      this.set(Math.max(0, (Date.now() - at) / 1_000))
    },
  })
  const asking = repeat(
    askEveryMs,
    async () => {
      at = Math.max(at, await parts.lastLook())
    },
    // Then it grows, which is what is to be seen.
    () => undefined,
  )
  return { [Symbol.asyncDispose]: () => asking.stop() }
}
