/** The one HTTP server of the gateway: who may come in, and which area each address belongs to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Log } from '../../../runtime/log.ts'
import type { Ops } from '../../../runtime/ops.ts'
import type { ServeGraphql } from '../graphql/serve.ts'
import { refuseRequest, type Area } from './answers.ts'
import { makeReadCaller } from './caller.ts'
import { closeDoor } from './close-door.ts'
import { setSecurityHeaders } from './headers.ts'
import { answerPreflight, makeJudgeOrigin, welcome } from './origins.ts'
import { readBody } from './read-body.ts'
import type { ServeScreens } from './screens.ts'
import type { ServeTrpc } from './trpc-area.ts'

export interface DoorParts {
  readonly serveTrpc: ServeTrpc
  readonly serveGraphql: ServeGraphql
  readonly serveScreens: ServeScreens
  readonly ops: Ops
  readonly adminToken: string
  /** Pages that may call besides our own, such as `https://show.example`. */
  readonly corsOrigins: readonly string[]
  /** Whether x-forwarded-proto and x-forwarded-host were set by a proxy of ours. */
  readonly trustProxy: boolean
  readonly graphiql: boolean
  readonly log: Pick<Log, 'error'>
}

export interface Door {
  /** To be bound by `listen`. */
  readonly server: Server
  /** Takes no more, lets open requests finish and streams complete, cuts off what is left after `withinMs`. */
  readonly close: (withinMs: number) => Promise<void>
}

// A vote is 300 bytes; a GraphQL document with its variables, 2 kB.
const mostBytes = { trpc: 16 * 1024, graphql: 64 * 1024 } as const

export function makeDoor(parts: DoorParts): Door {
  const judgeOrigin = makeJudgeOrigin(parts.corsOrigins, parts.trustProxy)
  const readCaller = makeReadCaller(parts.adminToken)
  /** Each answer that has not left, with what tells its work that its reader is gone. */
  const open = new Map<ServerResponse, AbortController>()

  async function call(req: IncomingMessage, res: ServerResponse, area: 'trpc' | 'graphql', path: string) {
    res.setHeader('vary', 'origin')
    const origin = judgeOrigin(req)
    if (origin === 'foreign') return refuseRequest(res, area, 'origin-refused')
    if (origin === 'allowed') welcome(req, res)
    if (req.method === 'OPTIONS') return answerPreflight(res)
    if (req.method !== 'GET' && req.method !== 'POST') {
      res.setHeader('allow', 'GET, POST')
      return refuseRequest(res, area, 'method-not-allowed')
    }
    const body = req.method === 'POST' ? await jsonBody(req, res, area) : ''
    if (body === null) return
    const read = Object.assign(req, { body })
    const caller = readCaller(req)
    if (area === 'trpc') return parts.serveTrpc(read, res, path.slice('/trpc/'.length), caller)
    const gone = open.get(res)?.signal ?? AbortSignal.abort()
    return parts.serveGraphql(read, res, { isAdmin: caller.isAdmin, gone })
  }

  const server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/'
    const area = areaOf(path)
    const gone = new AbortController()
    open.set(res, gone)
    // An answer to a reader that is gone fails here; its close says all that we need.
    res.on('error', () => undefined)
    res.once('close', () => {
      open.delete(res)
      gone.abort()
    })
    setSecurityHeaders(res, parts.graphiql && area === 'graphql')
    if (parts.ops(req, res)) return
    if (area === 'other') return parts.serveScreens(req, res, path)
    call(req, res, area, path).catch((error: unknown) => {
      parts.log.error({ err: error, path }, 'a request failed')
      if (res.headersSent) res.destroy()
      else refuseRequest(res, area, 'unavailable')
    })
  })
  // Who needs longer to send 16 kB holds a connection that a voter could use.
  server.headersTimeout = 10_000
  server.requestTimeout = 15_000
  // Longer than the pause between two looks at a screen, so that a vote finds its connection open.
  server.keepAliveTimeout = 30_000

  return { server, close: (withinMs) => closeDoor(server, open, withinMs) }
}

function areaOf(path: string): Area {
  if (path.startsWith('/trpc/')) return 'trpc'
  return path === '/graphql' ? 'graphql' : 'other'
}

/** The body's text, known to be JSON or empty. Null when the request was refused, or its sender is gone. */
async function jsonBody(
  req: IncomingMessage,
  res: ServerResponse,
  area: 'trpc' | 'graphql',
): Promise<string | null> {
  const body = await readBody(req, mostBytes[area])
  if (!body.read) {
    const says = `The body is larger than ${mostBytes[area] / 1024} kB.`
    if (body.because === 'too-large') refuseRequest(res, area, 'body-too-large', says)
    return null
  }
  // A call without input needs no body, and then no type either.
  if (body.text === '') req.headers['content-type'] ??= 'application/json'
  const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    refuseRequest(res, area, 'media-type')
    return null
  }
  if (isJson(body.text) || (body.text === '' && area === 'trpc')) return body.text
  refuseRequest(res, area, 'bad-input', 'The body is not valid JSON.')
  return null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
