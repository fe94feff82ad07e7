/** The pipeline as moderators watch it: one frame a second, and no reading while nobody watches. */
import { reportHoldsMs, type Hop, type HopName, type PublishReport } from '../../contracts/pipeline.ts'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { PipelineReading } from './read-pipeline.redis.ts'
import { makeWatches, type Watches } from './watch.ts'

/** asOf is ISO 8601. A hop that nobody reports is missing: a zero would be a lie. */
export interface Pipeline {
  readonly asOf: string
  readonly acceptedPerSecond: number
  readonly countedPerSecond: number
  readonly accepted: number
  readonly hops: readonly ({ readonly name: HopName } & Hop)[]
  readonly kafkaReachable: boolean | null
}

/** The one key of this watch. */
export const pipelineKey = 'pipeline'

const everyMs = 1_000

export function makePipelineWatch(parts: {
  readonly read: () => Promise<PipelineReading>
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}): Watches<Pipeline> {
  return makeWatches<Pipeline>({
    // Longer than a reload takes: the rates need the reading before.
    lingerMs: 5_000,
    isNewer: () => true,
    open(_key, told) {
      let before: (PipelineReading & { readonly at: number }) | null = null
      let away = false
      const reading = repeat(
        everyMs,
        async () => {
          const now = { ...(await parts.read()), at: parts.now() }
          told.put(describe(now, before))
          before = now
          away = false
        },
        (error) => {
          if (!away) parts.log.warn({ err: error }, 'the pipeline cannot be read')
          away = true
        },
      )
      return reading.stop
    },
  })
}

function describe(
  now: PipelineReading & { readonly at: number },
  before: (PipelineReading & { readonly at: number }) | null,
): Pipeline {
  // Never below zero: Redis may have been emptied between the two readings.
  const perSecond = (of: 'admitted' | 'received') =>
    before === null || now.at <= before.at
      ? 0
      : Math.max(0, ((now[of] - before[of]) * 1_000) / (now.at - before.at))
  const age = (at: number | null) => (at === null ? 0 : Math.max(0, now.at - at))
  const heard = now.reports.filter(({ at }) => now.at - at <= reportHoldsMs)
  // All publishers empty the same ledger: the newest report is the state, not their sum.
  const newest = heard.reduce<PublishReport | null>(
    (best, report) => (best === null || report.at > best.at ? report : best),
    null,
  )
  return {
    asOf: new Date(now.at).toISOString(),
    acceptedPerSecond: perSecond('admitted'),
    countedPerSecond: perSecond('received'),
    accepted: now.admitted,
    hops: [
      { name: 'queue', waiting: Math.max(0, now.admitted - now.received), oldestMs: age(now.oldestAt) },
      ...(newest === null ? [] : [{ name: 'ledger' as const, ...newest.hop }]),
    ],
    kafkaReachable: newest === null ? null : heard.some(({ kafka }) => kafka),
  }
}
