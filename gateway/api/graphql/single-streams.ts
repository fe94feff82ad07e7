/** GraphQL over SSE on a single connection: one stream of events that carries all operations of a client. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { formsOf } from '../http/accept.ts'
import type { Engine } from './engine.ts'
import { eventDialect } from './event-dialect.ts'
import { frames } from './frame.ts'
import { answerOnce, refuseForms } from './http-answer.ts'
import { longestId, type Line, type Wire } from './line.ts'
import type { Lines } from './lines.ts'
import { paramsOf, searchOf } from './params.ts'
import { refuse, refuseStream } from './refusals.ts'
import { openStream } from './seat.ts'
import type { ServeGraphql } from './serve.ts'
import type { Post, Reply, StreamHomes } from './stream-homes.redis.ts'
import type { StreamTokens } from './stream-tokens.ts'
import type { Viewer } from './viewer.ts'

interface SingleStreamsParts {
  readonly check: Engine['check']
  readonly lines: Lines
  readonly homes: StreamHomes
  readonly tokens: StreamTokens
  readonly onFault: (error: unknown) => void
}

type Asking = IncomingMessage & { readonly body?: string }
type Refused = ReturnType<typeof refuseStream>

/** The token of the stream that a request is about. */
export function streamTokenOf(req: IncomingMessage): string | null {
  const header = req.headers['x-graphql-event-stream-token']
  return typeof header === 'string' ? header : searchOf(req).get('token')
}

export function makeServeSingle(parts: SingleStreamsParts): ServeGraphql {
  const { check, lines, homes, tokens, onFault } = parts

  async function open(res: ServerResponse, token: string, gone: AbortSignal): Promise<void> {
    const read = tokens.read(token)
    const leftMs = (read?.endsAt ?? 0) - Date.now()
    if (read === null || leftMs <= 0) return tell(res, unknownStream())
    if (!(await homes.claim(read.id, leftMs))) return tell(res, openedBefore())
    const line = lines.open(wireOf(res), eventDialect)
    const letGo = await homes
      .hold(read.id, (post) => answer(line, post))
      .catch((error: unknown) => {
        line.close()
        throw error
      })
    const end = () => {
      letGo()
      line.close()
      // The connection stands where it is this process that goes: nothing is said to be complete, so clients come again.
      if (!res.destroyed) res.end()
    }
    if (gone.aborted) return end()
    openStream(res, frames.ping)
    gone.addEventListener('abort', end, { once: true })
  }

  /** What the process that holds a stream does with what was posted to it, here or elsewhere. */
  function answer(line: Line, post: Post): Reply {
    if ('end' in post) {
      line.end(post.end)
      return 'done'
    }
    const isFull = line.isFull() !== null
    const operation = line.begin(post.begin)
    if (operation === 'taken') return 'taken'
    if (isFull) {
      line.end(post.begin)
      return 'full'
    }
    const rights = { isAdmin: post.rights.isAdmin, votedIn: new Set(post.rights.votedIn) }
    lines.run(operation, post.params, rights).catch((error: unknown) => {
      onFault(error)
      operation.fail()
    })
    return 'done'
  }

  async function send(res: ServerResponse, token: string, post: Post, status: 200 | 202): Promise<void> {
    const read = tokens.read(token)
    const reply = read === null ? null : await homes.post(read.id, post)
    if (reply === 'done') return empty(res, status)
    tell(res, reply === null ? unknownStream() : reply === 'full' ? tooMany() : operationTaken())
  }

  async function begin(req: Asking, res: ServerResponse, token: string, viewer: Viewer): Promise<void> {
    const forms = formsOf(req.headers.accept)
    if (forms.length === 0) return refuseForms(res)
    const params = paramsOf(req)
    if ('fault' in params)
      return tell(res, { as: 'unfit', result: { errors: [refuse('bad-input', params.fault)] } })
    const id = params.extensions?.['operationId']
    if (typeof id !== 'string' || id === '' || id.length > longestId) return tell(res, idNeeded())
    const fault = check(params, viewer, { safe: req.method === 'GET', streams: true })
    if (fault !== null) return answerOnce(res, fault, forms)
    const rights = { isAdmin: viewer.isAdmin, votedIn: [...viewer.votedIn] }
    await send(res, token, { begin: id, params, rights }, 202)
  }

  async function serve(req: Asking, res: ServerResponse, viewer: Viewer): Promise<void> {
    if (req.method === 'PUT') return reserve(req, res, tokens)
    const token = streamTokenOf(req)
    if (token === null) return tell(res, unknownStream())
    const search = searchOf(req)
    if (req.method === 'DELETE') {
      const id = search.get('operationId')
      return id ? send(res, token, { end: id }, 200) : tell(res, idNeeded())
    }
    const opens = req.method === 'GET' && !search.has('query')
    if (!opens) return begin(req, res, token, viewer)
    return formsOf(req.headers.accept).includes('events') ? open(res, token, viewer.gone) : refuseForms(res)
  }

  // Only Redis is asked here, of which others tell that it is away.
  return (req, res, viewer) =>
    serve(req, res, viewer).catch(() =>
      tell(res, { as: 'unfit', result: { errors: [refuse('unavailable')] } }),
    )
}

function reserve(req: IncomingMessage, res: ServerResponse, tokens: StreamTokens): void {
  if (!/\*\/\*|text\/(\*|plain)/.test(req.headers.accept ?? '*/*')) return empty(res, 406)
  const token = tokens.issue()
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': token.length }
  res.writeHead(201, { ...headers, ...notKept })
  res.end(token)
}

/** Straight to the socket, as a seat's frames are: the stream has its connection to itself. */
function wireOf(res: ServerResponse): Wire {
  const nothing = Buffer.alloc(0)
  const send = (chunk: Buffer) => {
    const { socket } = res
    // HTTP/1.0 knows no chunks.
    if (socket?.writable === true)
      socket.write(res.chunkedEncoding ? chunk : chunk.subarray(chunk.indexOf('\n') + 1, -2))
  }
  return {
    send,
    // Not yet its turn on this connection: it owes something until it is.
    owes: () => res.socket?.writableLength ?? 1,
    whenTaken: (told) => void res.socket?.write(nothing, (error) => error ?? told()),
    ping: () => send(frames.ping.chunk),
    drop: () => void res.destroy(),
  }
}

const notKept: OutgoingHttpHeaders = { 'cache-control': 'no-store' }

function empty(res: ServerResponse, status: number): void {
  res.writeHead(status, { 'content-length': 0, ...notKept })
  res.end()
}

/** A status says it in any form: these are no answers of GraphQL. */
function tell(res: ServerResponse, refused: Refused): void {
  answerOnce(res, refused, ['json'])
}

const unknownStream = () =>
  refuseStream('unknown-stream', 404, 'There is no such stream, or no more: reserve one by PUT and open it.')
const openedBefore = () =>
  refuseStream('stream-taken', 409, 'This stream was opened before: reserve another one by PUT.')
const operationTaken = () =>
  refuseStream('operation-taken', 409, 'An operation with this id is under way on this stream.')
const tooMany = () => refuseStream('too-many-operations', 429, 'More operations are too many for one stream.')
const idNeeded = () =>
  refuseStream('bad-input', 400, `The operation needs an id of 1 to ${longestId} characters: "operationId".`)
