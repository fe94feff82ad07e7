/** GraphQL behind a plain HTTP server, on real Redis and Postgres, for tests that look at its sockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connectPostgres } from '../runtime/connect.slonik.ts'
import { listen } from '../runtime/listen.ts'
import { connectBoth, databaseUrl, log } from './live-redis.ts'
import { makeAnnouncements } from '../gateway/broadcast/announcements.redis.ts'
import { makePipelineWatch } from '../gateway/broadcast/pipeline-watch.ts'
import { makePollListWatch, makePollWatch } from '../gateway/broadcast/poll-watches.ts'
import { readTallyFromRedis } from '../gateway/broadcast/read-tally.redis.ts'
import { readTallyFromPostgres } from '../gateway/broadcast/read-tally.slonik.ts'
import { makeReadTally } from '../gateway/broadcast/read-tally.ts'
import { makeTallyWatch } from '../gateway/broadcast/tally-watch.ts'
import { makePollBook } from '../gateway/polls/poll-book.ts'
import { readCertificationFromPostgres } from '../gateway/api/graphql/read-certification.slonik.ts'
import { makeAskReadModel } from '../gateway/api/graphql/ask-read-model.ts'
import { readTimelineFromPostgres } from '../gateway/api/graphql/read-timeline.slonik.ts'
import { makeReadReconciliation } from '../gateway/api/graphql/reconciliation.redis.ts'
import type { ResolverParts } from '../gateway/api/graphql/resolvers.ts'
import { makeStreamHomes } from '../gateway/api/graphql/stream-homes.redis.ts'
import { makeGraphql, type ServeGraphql } from '../gateway/api/graphql/serve.ts'

export async function openGraphqlHouse() {
  await using stack = new AsyncDisposableStack()
  const { redis, subscriber } = stack.use(await connectBoth())
  const pool = await connectPostgres(databaseUrl, { most: 4, idleInTransactionMs: 5_000 })
  stack.defer(() => pool.end())
  const polls = makePollBook()
  const announcements = makeAnnouncements(subscriber, redis)
  const readTally = makeReadTally(readTallyFromRedis(redis), readTallyFromPostgres(pool))
  const watches = {
    tallies: stack.use(makeTallyWatch({ ...{ polls, readTally, announcements, log }, lingerMs: 0 })),
    poll: stack.use(makePollWatch(polls)),
    pollLists: stack.use(makePollListWatch(polls)),
    // Every reading is the same: nobody can be late for one.
    pipeline: stack.use(
      makePipelineWatch({
        ...{ now: () => 1_700_000_000_000, log },
        read: async () => ({ admitted: 9, received: 7, oldestAt: null, reports: [] }),
      }),
    ),
  }
  const parts: ResolverParts = {
    ...{ polls, readTally, readTimeline: readTimelineFromPostgres(pool), ...watches, log },
    readCertification: readCertificationFromPostgres(pool),
    askReadModel: makeAskReadModel(null, ''),
    readReconciliation: makeReadReconciliation(redis),
  }
  const homes = makeStreamHomes(redis, announcements)
  const { port, answers, closing } = await serve(
    stack,
    makeGraphql({ ...parts, graphiql: false, log, streamSecret: 'a secret of streams', homes }).serveGraphql,
  )
  const all = stack.move()
  return {
    ...{ redis, polls, watches, parts, port, answers, closing },
    watchers: () => Object.values(watches).reduce((sum, watch) => sum + watch.size().watchers, 0),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
export type GraphqlHouse = Awaited<ReturnType<typeof openGraphqlHouse>>

export const isModerator = (req: IncomingMessage) => req.headers['x-admin'] === 'yes'

/** Serves as the door does: the body as text, who asks, and a signal for the end of the connection or of us all. */
async function serve(stack: AsyncDisposableStack, serveGraphql: ServeGraphql) {
  const answers: ServerResponse[] = []
  const closing = new AbortController()
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    closing.signal.addEventListener('abort', () => gone.abort(), { once: true })
    const body = await text(req)
    answers.push(res)
    const viewer = { isAdmin: isModerator(req), votedIn: new Set<string>(), gone: gone.signal }
    await serveGraphql(Object.assign(req, { body }), res, viewer)
  }
  const server = createServer((req, res) => void answer(req, res))
  const port = await listen(server, '127.0.0.1', 0)
  stack.defer(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  })
  return { port, answers, closing }
}

export interface Reader {
  readonly socket: Socket
  /** All that has come so far, as it lay on the wire. */
  readonly heard: () => string
  /** Resolves when this is so of what has come; rejects when nothing more will come. */
  readonly until: (isSo: (heard: string) => boolean) => Promise<string>
}

/** A viewer who holds a bare socket. */
export function openReader(port: number, request: string): Reader {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  let over = false
  let look = () => {}
  socket.setEncoding('latin1').on('data', (chunk) => {
    heard += String(chunk)
    look()
  })
  socket
    .on('error', () => undefined)
    .once('close', () => {
      over = true
      look()
    })
  socket.write(request)
  return {
    socket,
    heard: () => heard,
    until: (isSo) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (isSo(heard)) resolve(heard)
          else if (over) reject(new Error(`the connection ended after: ${heard.slice(-300)}`))
        }
        look()
      }),
  }
}

/** The request of a subscription, as a browser's `fetch` would send it. */
export function requestFor(
  query: string,
  variables: Partial<Record<string, unknown>> = {},
  version = '1.1',
): string {
  const body = JSON.stringify({ query, variables })
  return (
    `POST /graphql HTTP/${version}\r\nhost: urna\r\naccept: text/event-stream\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

export const tallyQuery = 'subscription T($id: ID!) { tally(pollId: $id) { version total } }'

/** The versions that were heard, in their order. */
export const versionsIn = (heard: string) =>
  [...heard.matchAll(/"version":(\d+)/g)].map(([, version]) => Number(version))

export const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What lay on the wire as one answer: its results, and whether more may come. Null: not even its head has come. */
export function answerIn(heard: string): { status: number; results: unknown[]; isOver: boolean } | null {
  const end = heard.indexOf('\r\n\r\n')
  if (end < 0) return null
  const head = heard.slice(0, end).toLowerCase()
  const status = Number(head.slice(9, 12))
  const coded = head.includes('transfer-encoding: chunked')
  const body = coded ? decodeChunks(heard.slice(end + 4)) : heard.slice(end + 4)
  if (head.includes('content-type: text/event-stream')) {
    const events = body.split('\n\n').filter((event) => event.startsWith('event: next\n'))
    const results = events.map((event): unknown => JSON.parse(event.slice('event: next\ndata: '.length)))
    return { status, results, isOver: body.includes('event: complete\n') }
  }
  const isWhole = coded ? heard.endsWith('0\r\n\r\n') : body.length >= Number(/length: (\d+)/.exec(head)?.[1])
  return { status, results: isWhole ? [JSON.parse(body)] : [], isOver: isWhole }
}

/** The body of an answer that HTTP/1.1 coded in chunks, as far as it has come. */
export function decodeChunks(body: string): string {
  let text = ''
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, end), 16)
    if (end < 0 || size === 0 || Number.isNaN(size)) return text
    text += body.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}
