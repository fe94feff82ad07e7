/** Reads a poll's timeline once for all who ask at about the same time: each read adds up the whole poll. */
import type { Log } from '../../../runtime/log.ts'
import { tellOutage } from '../../../runtime/tell-outage.ts'
import { shareReads } from '../totals/share-reads.ts'
import type { BucketCounts, ReadTimeline } from './read-timeline.slonik.ts'

const everyMs = 1_000
// A week of minutes is 100 kB with two options, and 1 MB at most.
const mostKept = 100

/** At most once a second for each poll and bucket and process. */
export function shareTimelines(read: ReadTimeline, log: Pick<Log, 'warn'>): ReadTimeline {
  const outage = tellOutage(log, { gone: 'timelines cannot be read', back: 'timelines are read again' })
  const share = shareReads<Parameters<ReadTimeline>, readonly BucketCounts[]>({
    keyOf: ([{ pollNo }, bucket]) => `${pollNo} ${bucket}`,
    read: ([poll, bucket]) => read(poll, bucket),
    ...{ everyMs, most: mostKept, now: Date.now },
    onFault: (error, [{ pollNo }]) => outage.failed(error, { pollNo }),
    onRead: outage.works,
  })
  return (poll, bucket) => share([poll, bucket])
}
