/** The one HTTP server of the gateway: who may come in, and which area each address belongs to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Log } from '../../../runtime/log.ts'
import type { Ops } from '../../../runtime/ops.ts'
import type { Rights } from '../graphql/lines.ts'
import { mostGraphqlBytes, type ServeGraphql } from '../graphql/serve.ts'
import { serveSchema } from '../graphql/serve-schema.ts'
import type { Sockets } from '../graphql/sockets.ts'
import type { VotedIn } from '../../results/voted-in.ts'
import type { ServeTotals } from '../totals/serve-totals.ts'
import type { ServeKeys } from '../../receipts/serve-keys.ts'
import type { CastCall } from '../trpc/cast-call.ts'
import type { CallContext } from '../trpc/procedures.ts'
import { isUtf8 } from './accept.ts'
import { notJsonSays, refuseRequest, type Area } from './answers.ts'
import { makeReadCaller, type Caller } from './caller.ts'
import { makeCastArea } from './cast-area.ts'
import { castPath, makeCastDesk } from './cast-desk.ts'
import { closeDoor } from './close-door.ts'
import { setSecurityHeaders } from './headers.ts'
import { answerPreflight, makeJudgeOrigin, welcome } from './origins.ts'
import { readText } from './read-body.ts'
import { areaOf } from './routes.ts'
import type { ServeScreens } from './screens.ts'
import type { ServeTrpc } from './trpc-area.ts'
import { makeUpgrade } from './upgrade.ts'
import { makeVoteLane } from './vote-lane.ts'

export interface DoorParts {
  readonly castCall: CastCall
  readonly readSession: CallContext['readSession']
  readonly serveTrpc: ServeTrpc
  readonly serveGraphql: ServeGraphql
  readonly sockets: Sockets
  readonly serveTotals: ServeTotals
  readonly serveKeys: ServeKeys
  readonly serveScreens: ServeScreens
  /** Where the caller has voted, of the polls that a GraphQL request names. */
  readonly votedIn: VotedIn
  readonly ops: Ops
  readonly adminToken: string
  /** Pages that may call besides our own, such as `https://show.example`. */
  readonly corsOrigins: readonly string[]
  /** Whether x-forwarded-proto and x-forwarded-host were set by a proxy of ours. */
  readonly trustProxy: boolean
  /** Whether plain votes may take the short ways; without them tRPC's own adapter answers all calls. */
  readonly shortWays: boolean
  readonly graphiql: boolean
  readonly log: Pick<Log, 'error'>
}

export interface Door {
  /** To be bound by `listen`. */
  readonly server: Server
  /** Takes no more, lets open requests finish and streams complete, cuts off what is left after `withinMs`. */
  readonly close: (withinMs: number) => Promise<void>
}

// A vote is 300 bytes.
const mostBytes = { trpc: 16 * 1024, graphql: mostGraphqlBytes } as const

type DataArea = keyof typeof mostBytes

/** GraphQL's two more are for event streams that carry several operations. */
const methods: Readonly<Record<DataArea, readonly string[]>> = {
  trpc: ['GET', 'POST'],
  graphql: ['GET', 'POST', 'PUT', 'DELETE'],
}

export function makeDoor(parts: DoorParts): Door {
  const judgeOrigin = makeJudgeOrigin(parts.corsOrigins, parts.trustProxy)
  const readCaller = makeReadCaller(parts.adminToken)
  /** Each answer that has not left, with what tells its work that its reader is gone; plain votes are not here. */
  const open = new Map<ServerResponse, AbortController>()
  let closing = false

  // Any other upgrade that is offered (curl offers h2c) is left alone, and its request answered as it stands.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket'
  const server = createServer({ shouldUpgradeCallback }, (req, res) => {
    // An answer to a reader that is gone fails here; its close says all that we need.
    res.on('error', ignore)
    if (parts.shortWays && req.method === 'POST' && req.url === castPath) cast(req, res)
    else enter(req, res)
  })

  const { castCall, readSession } = parts
  const desk = makeCastDesk({ castCall, judgeOrigin, readCaller, readSession })
  const cast = makeCastArea({
    ...{ desk, mostBytes: mostBytes.trpc },
    whole: enter,
    rest(req, res, body) {
      track(res)
      if (!comesIn(req, res, 'trpc')) return
      guard(res, 'trpc', answer(req, res, 'trpc', castPath, body === null ? 'too-large' : { read: body }))
    },
    isClosing: () => closing,
    onFault: (error, res) => fail(error, res, 'trpc'),
  })

  function enter(req: IncomingMessage, res: ServerResponse): void {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/'
    const area = areaOf(path)
    track(res)
    if (area === 'ops' || area === 'screens') {
      setSecurityHeaders(res, 'screen')
      if (!parts.ops(req, res)) parts.serveScreens(req, res, path)
      return
    }
    if (area === 'schema') {
      setSecurityHeaders(res, 'data')
      return guard(res, 'other', serveSchema(req, res))
    }
    if (area === 'totals') {
      setSecurityHeaders(res, 'data')
      return guard(res, 'other', parts.serveTotals(req, res, path))
    }
    if (area === 'keys') {
      setSecurityHeaders(res, 'data')
      return guard(res, 'other', parts.serveKeys(req, res))
    }
    if (!comesIn(req, res, area)) return
    if (req.method !== 'POST') return guard(res, area, answer(req, res, area, path, { read: '' }))
    readText(req, mostBytes[area], (body) => guard(res, area, answer(req, res, area, path, body)))
  }

  function track(res: ServerResponse): void {
    const gone = new AbortController()
    open.set(res, gone)
    if (closing) res.setHeader('connection', 'close')
    res.once('close', () => {
      open.delete(res)
      // Without a reason of ours one with a stack is made, for each reader of a crowd that leaves at once.
      gone.abort(null)
    })
  }

  /** Who may call, and how; says so to who may not. */
  function comesIn(req: IncomingMessage, res: ServerResponse, area: DataArea): boolean {
    setSecurityHeaders(res, parts.graphiql && area === 'graphql' ? 'graphiql' : 'data')
    res.setHeader('vary', 'origin')
    const origin = judgeOrigin(req)
    if (origin === 'allowed') welcome(req, res)
    if (origin === 'foreign') refuseRequest(res, area, 'origin-refused')
    else if (req.method === 'OPTIONS') answerPreflight(res)
    else if (methods[area].includes(req.method ?? '')) return true
    else {
      res.setHeader('allow', methods[area].join(', '))
      refuseRequest(res, area, 'method-not-allowed')
    }
    return false
  }

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    area: DataArea,
    path: string,
    body: Parameters<Parameters<typeof readText>[2]>[0],
  ): Promise<void> {
    if (body === 'cut-off') return
    if (body === 'too-large') {
      const says = `The body is larger than ${mostBytes[area] / 1024} kB.`
      return refuseRequest(res, area, 'body-too-large', says)
    }
    if (req.method === 'POST' && !isJsonBody(req, res, area, body.read)) return
    const read = Object.assign(req, { body: body.read })
    const caller = readCaller(req)
    if (area === 'trpc') return parts.serveTrpc(read, res, path.slice('/trpc/'.length), caller)
    const rights = await rightsOf(caller, req.method === 'POST' ? body.read : decoded(req.url ?? ''))
    // Nobody can say whether this reader may see it: not now is no lie, "nothing" would be one.
    if (rights === null) return refuseRequest(res, area, 'unavailable')
    const gone = open.get(res)?.signal ?? AbortSignal.abort()
    return parts.serveGraphql(read, res, { ...rights, gone })
  }

  /** What a caller may see of the polls that are named. Null: nobody can say now. */
  async function rightsOf({ isAdmin, token }: Caller, named: string): Promise<Rights | null> {
    const votedIn = isAdmin ? none : await parts.votedIn(named, token).catch(() => null)
    return votedIn === null ? null : { isAdmin, votedIn }
  }

  server.on(
    'upgrade',
    makeUpgrade({
      ...{ sockets: parts.sockets, judgeOrigin, readCaller, rightsOf },
      isClosing: () => closing,
    }),
  )

  function guard(res: ServerResponse, area: Area, work: Promise<void>): void {
    work.catch((error: unknown) => fail(error, res, area))
  }

  function fail(error: unknown, res: ServerResponse, area: Area): void {
    parts.log.error({ err: error, path: res.req.url }, 'a request failed')
    if (res.headersSent) res.destroy()
    else refuseRequest(res, area, 'unavailable')
  }

  // Who needs longer to send 16 kB holds a connection that a voter could use.
  server.headersTimeout = 10_000
  server.requestTimeout = 15_000
  // Longer than the pause between two looks at a screen, so that a vote finds its connection open.
  server.keepAliveTimeout = 30_000

  // A connection comes into the lane first, and from there to the server's own listeners.
  const listeners = server.listeners('connection')
  const lane = makeVoteLane({
    ...{ desk, mostBytes: mostBytes.trpc },
    leave(socket) {
      for (const listener of listeners) Reflect.apply(listener, server, [socket])
    },
    firstWithinMs: server.headersTimeout,
    idleForMs: server.keepAliveTimeout,
    onFault: (error) => parts.log.error({ err: error }, 'a vote failed'),
  })
  if (parts.shortWays) server.removeAllListeners('connection').on('connection', lane.enter)

  return {
    server,
    close(withinMs) {
      closing = true
      return closeDoor(server, [lane, parts.sockets], open, withinMs)
    },
  }
}

const ignore = () => undefined

const none: ReadonlySet<string> = new Set()

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

/** Whether the body is JSON, or empty where a call needs none; refuses what is neither. */
function isJsonBody(req: IncomingMessage, res: ServerResponse, area: DataArea, text: string): boolean {
  // A call without input needs no body, and then no type either.
  if (text === '') req.headers['content-type'] ??= 'application/json'
  const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json' || (area === 'graphql' && !isReadAsUtf8(req)))
    refuseRequest(res, area, 'media-type')
  else if (isJson(text) || (text === '' && area === 'trpc')) return true
  else refuseRequest(res, area, 'bad-input', notJsonSays)
  return false
}

/** Everything is: a body that says it is written otherwise would be misread. */
function isReadAsUtf8(req: IncomingMessage): boolean {
  const [, charset] = /;\s*charset=([^;]*)/i.exec(req.headers['content-type'] ?? '') ?? []
  return charset === undefined || isUtf8(charset)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
