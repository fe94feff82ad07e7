/** Answers `GET /api/polls/{pollId}/totals`: what everyone may see of a poll's counts, in a form that caches can carry. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pollIdShape } from '../../../contracts/ids.ts'
import type { PollRecord } from '../../../contracts/poll.ts'
import { whatShows } from '../../../contracts/what-shows.ts'
import type { Log } from '../../../runtime/log.ts'
import { tellOutage } from '../../../runtime/tell-outage.ts'
import type { PollBook } from '../../polls/poll-book.ts'
import { refuseRequest } from '../http/answers.ts'
import type { ReadTotals } from './read-totals.slonik.ts'
import { shareReads } from './share-reads.ts'
import { totalsOf, type StoredTotals } from './totals.ts'

/** Resolves when the answer has left. */
export type ServeTotals = (req: IncomingMessage, res: ServerResponse, path: string) => Promise<void>

const everyMs = 1_000
// A poll's totals are 10 kB, or a few MB where it has 100 options and two weeks of hours.
const mostKept = 200

interface Page {
  readonly poll: PollRecord
  readonly stored: StoredTotals | null
  readonly etag: string
  readonly body: Buffer
}

/** Read at most once a second for each poll and process, however many ask; not at all where nothing is shown. */
export function makeServeTotals(parts: {
  readonly polls: Pick<PollBook, 'byId'>
  readonly read: ReadTotals
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}): ServeTotals {
  const { polls, log } = parts
  const outage = tellOutage(log, { gone: 'totals cannot be read', back: 'totals are read again' })
  const read = shareReads<PollRecord, StoredTotals>({
    ...{ keyOf: ({ pollId }) => pollId, read: parts.read, everyMs, most: mostKept, now: parts.now },
    onFault: (error, { pollId }) => outage.failed(error, { pollId }),
    onRead: outage.works,
  })
  const pages = new Map<string, Page>()

  const known = (text: string): PollRecord | null => {
    const pollId = pollIdShape.safeParse(text)
    const poll = pollId.success ? polls.byId(pollId.data) : null
    return poll?.state === 'draft' ? null : poll
  }
  const isHidden = (poll: PollRecord) => whatShows(poll, 'stranger') === 'nothing'

  /** Made once for each state of the poll and its counts. */
  function pageOf(poll: PollRecord, stored: StoredTotals | null): Page {
    const last = pages.get(poll.pollId)
    if (last?.poll === poll && last.stored === stored) return last
    const totals = totalsOf(poll, stored)
    const etag = `W/"${totals.pollVersion}-${totals.version}"`
    const page = { poll, stored, etag, body: Buffer.from(JSON.stringify(totals)) }
    pages.delete(poll.pollId)
    pages.set(poll.pollId, page)
    if (pages.size > mostKept) for (const oldest of pages.keys()) return (pages.delete(oldest), page)
    return page
  }

  /** The poll is looked up again behind the read: what was hidden meanwhile is hidden. */
  async function pageNow(text: string): Promise<Page | 'unknown-poll' | 'unavailable'> {
    const asked = known(text)
    if (asked === null) return 'unknown-poll'
    const stored = isHidden(asked) ? null : await read(asked).catch(() => 'unavailable' as const)
    const poll = known(text)
    if (poll === null) return 'unknown-poll'
    if (isHidden(poll)) return pageOf(poll, null)
    // It was hidden when we looked first.
    if (stored === null) return pageNow(text)
    return stored === 'unavailable' ? stored : pageOf(poll, stored)
  }

  return async (req, res, path) => {
    res.setHeader('access-control-allow-origin', '*')
    res.setHeader('access-control-expose-headers', 'etag, retry-after')
    if (req.method === 'OPTIONS') return answerPreflight(res)
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD, OPTIONS')
      return refuseRequest(res, 'other', 'method-not-allowed')
    }
    const page = await pageNow(path.split('/').at(-2) ?? '')
    if (page === 'unavailable') res.setHeader('retry-after', '1')
    if (page === 'unavailable' || page === 'unknown-poll') return refuseRequest(res, 'other', page)
    const { etag, body } = page
    const headers = { etag, 'cache-control': 'public, max-age=1' }
    if (names(req.headers['if-none-match'], etag)) {
      res.writeHead(304, headers)
      return void res.end()
    }
    const type = 'application/json; charset=utf-8'
    res.writeHead(200, { ...headers, 'content-type': type, 'content-length': body.length })
    res.end(req.method === 'HEAD' ? undefined : body)
  }
}

/** A page that sends If-None-Match by itself is asked about first. */
function answerPreflight(res: ServerResponse): void {
  res.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': 'if-none-match',
    'access-control-max-age': '600',
  })
  res.end()
}

/** Whether If-None-Match names this tag; compared weakly, as RFC 9110 has it for a GET. */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag))
}
