/** Answers the read model's own port: tallies, events and reports out of its database alone. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { timingSafeEqual } from 'node:crypto'
import { callRefusals, type CallRefusal } from '../../contracts/refusals.ts'
import { listen } from '../../runtime/listen.ts'
import type { Log } from '../../runtime/log.ts'
import type { Places } from '../../runtime/places.ts'
import { tellOutage } from '../../runtime/tell-outage.ts'
import { isRefusal, type makeAnswers, type ModelAnswer } from './answer-model.ts'
import type { ModelReader } from './rights.ts'

export interface ModelHealth {
  /** Whether the database answers. */
  readonly alive: boolean
  /** Whether events come in. */
  readonly reading: boolean
}

const unavailableSays = 'The read model cannot read its database for a moment. Ask again a little later.'
const crowdedSays = 'Too many ask the read model at this moment. Ask again a little later.'

export async function serveModel(parts: {
  readonly host: string
  readonly port: number
  /** Null: nobody is a moderator here. */
  readonly adminToken: string | null
  readonly answers: ReturnType<typeof makeAnswers>
  /** Answers that are worked out at a time. */
  readonly places: Places
  readonly health: () => Promise<ModelHealth>
  readonly log: Pick<Log, 'info' | 'warn'>
}): Promise<AsyncDisposable & { readonly port: number }> {
  const { answers, log } = parts
  const outage = tellOutage(log, {
    gone: 'the read model cannot answer for now',
    back: 'the read model answers again',
  })

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD')
      return refuse(res, 'method-not-allowed')
    }
    const url = URL.parse(req.url ?? '', 'http://urna')
    if (url === null) return refuse(res, 'unknown-path')
    const { pathname, searchParams } = url
    if (pathname === '/healthz') {
      const health = await parts.health()
      return sendJson(res, health.alive ? 200 : 503, { process: 'read-model', ...health })
    }
    // An empty parameter is one that was left out, as in `?poll=&type=`.
    const search = Object.fromEntries([...searchParams].filter(([, value]) => value !== ''))
    const reader = readerOf(req, parts.adminToken)
    const [, area, id, ...more] = pathname.split('/')
    const find =
      more.length > 0
        ? null
        : area === 'tallies' && id !== undefined
          ? () => answers.tally(id, search, reader)
          : area === 'reports' && id !== undefined
            ? () => answers.report(id, search, reader)
            : area === 'events' && id === undefined
              ? () => answers.events(search, reader)
              : null
    if (find === null) return refuse(res, 'unknown-path')
    const found = await parts.places.enter<ModelAnswer<object>>(find)
    if (found === null) {
      res.setHeader('retry-after', '2')
      return refuse(res, 'unavailable', crowdedSays)
    }
    outage.works()
    if (isRefusal(found)) return refuse(res, found.refused, found.says)
    sendJson(res, 200, found)
  }

  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => {
      outage.failed(error)
      res.setHeader('retry-after', '1')
      refuse(res, 'unavailable', unavailableSays)
    })
  })
  const port = await listen(server, parts.host, parts.port)
  log.info({ host: parts.host, port }, 'the read model is served')
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

function readerOf({ headers }: IncomingMessage, adminToken: string | null): ModelReader {
  if (adminToken === null) return 'stranger'
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${adminToken}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? 'moderator' : 'stranger'
}

function refuse(res: ServerResponse, reason: CallRefusal, message: string = callRefusals[reason].says): void {
  sendJson(res, callRefusals[reason].status, { error: { reason, message } })
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = Buffer.from(JSON.stringify(body))
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': text.length,
    'cache-control': 'no-store',
  })
  res.end(res.req.method === 'HEAD' ? undefined : text)
}
