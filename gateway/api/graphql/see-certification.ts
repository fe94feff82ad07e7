/** Says what a reader may see of a poll's certification: its numbers only where the counts are shown. */
import type { Certification } from '../../../contracts/certification.ts'
import type { Poll } from '../../../contracts/poll.ts'
import { whatShows, type Reader } from '../../../contracts/what-shows.ts'
import type { Log } from '../../../runtime/log.ts'
import { tellOutage } from '../../../runtime/tell-outage.ts'
import { shareReads } from '../totals/share-reads.ts'
import type { ReadCertification } from './read-certification.slonik.ts'

const everyMs = 1_000
const mostKept = 1_000

/** Everyone may hear that a result is certified, and by which anchor, and when it was last looked what is missing. */
export function seeCertification(
  poll: Pick<Poll, 'visibility' | 'state' | 'revealedAt'>,
  certification: Certification,
  reader: Reader,
): Certification {
  if (whatShows(poll, reader) === 'counts') return certification
  return { ...certification, admitted: null, received: null, missing: [] }
}

/** At most once a second for each poll and process, however many ask. */
export function shareCertifications(read: ReadCertification, log: Pick<Log, 'warn'>): ReadCertification {
  const outage = tellOutage(log, {
    gone: 'certifications cannot be read',
    back: 'certifications are read again',
  })
  return shareReads({
    keyOf: ({ pollId }) => pollId,
    read: (poll: Parameters<ReadCertification>[0]) => read(poll),
    ...{ everyMs, most: mostKept, now: Date.now },
    onFault: (error, { pollId }) => outage.failed(error, { pollId }),
    onRead: outage.works,
  })
}
