/** Makes this gateway's public key known to the house, as soon as Postgres takes it. */
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'

const againAfterMs = 2_000

/** Tries again until it has worked once; nothing waits for it. */
export function registerKey(add: () => Promise<void>, log: Pick<Log, 'warn'>): AsyncDisposable {
  let isKnown = false
  const loop = repeat(
    againAfterMs,
    async () => {
      if (isKnown) return
      await add()
      isKnown = true
      void loop.stop()
    },
    (error) => log.warn({ err: error }, 'the public key cannot be registered yet'),
  )
  return { [Symbol.asyncDispose]: () => loop.stop() }
}
