/** Says in the metrics what waits for a certifier: rows that no anchor covers, and polls that are not certified. */
import { Gauge, type Registry } from 'prom-client'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'

const askEveryMs = 5_000

export function measureWaiting(parts: {
  readonly registry: Registry
  readonly waiting: () => Promise<{ readonly oldestAt: number | null; readonly pollsCounting: number }>
  readonly log: Pick<Log, 'warn'>
}): AsyncDisposable {
  const registers = [parts.registry]
  // Where Postgres is away the last known stands, and grows.
  let oldestAt: number | null = null
  new Gauge({
    name: 'urna_unanchored_oldest_seconds',
    help: 'For how long the oldest ledger row that no anchor covers has waited for one; 0 where all are covered.',
    registers,
    collect() {
      this.set(oldestAt === null ? 0 : Math.max(0, (Date.now() - oldestAt) / 1_000))
    },
  })
  const counting = new Gauge({
    name: 'urna_polls_counting',
    help: 'Polls that are to be certified and are not yet.',
    registers,
  })
  const asking = repeat(
    askEveryMs,
    async () => {
      const its = await parts.waiting()
      oldestAt = its.oldestAt
      counting.set(its.pollsCounting)
    },
    (error) => parts.log.warn({ err: error }, 'what waits for a certifier cannot be measured; trying again'),
  )
  return { [Symbol.asyncDispose]: () => asking.stop() }
}
