/** Makes this gateway's public key known to the house, as soon as Postgres takes it. */
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import { tellOutage } from '../../runtime/tell-outage.ts'

const againAfterMs = 2_000

/** Tries again until it has worked once; nothing waits for it. */
export function registerKey(add: () => Promise<void>, log: Pick<Log, 'warn'>): AsyncDisposable {
  const outage = tellOutage(log, {
    gone: 'the public key cannot be registered yet',
    back: 'the public key is registered',
  })
  let isKnown = false
  const loop = repeat(
    againAfterMs,
    async () => {
      if (isKnown) return
      await add()
      outage.works()
      isKnown = true
      void loop.stop()
    },
    outage.failed,
  )
  return { [Symbol.asyncDispose]: () => loop.stop() }
}
