/** The short way of a vote through the door: plain `vote.cast` calls, answered without a detour. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CastCall } from '../trpc/cast-call.ts'
import type { CallContext } from '../trpc/procedures.ts'
import { tokenOf } from './caller.ts'
import { dataHeaders } from './headers.ts'
import { welcomeHeaders, type JudgeOrigin } from './origins.ts'
import { readText } from './read-body.ts'

/** The one address whose plain calls come here. */
export const castPath = '/trpc/vote.cast'

/**
 * Answers what is plainly one JSON call; hands everything else on: `whole` takes a request of which nothing was
 * read, `rest` one whose body was read (null: it is larger than allowed). Whatever is answered here is what they
 * would have answered.
 */
export function makeCastArea(parts: {
  readonly castCall: CastCall
  readonly judgeOrigin: JudgeOrigin
  readonly contextOf: (req: IncomingMessage, res: ServerResponse) => CallContext
  readonly mostBytes: number
  readonly whole: (req: IncomingMessage, res: ServerResponse) => void
  readonly rest: (req: IncomingMessage, res: ServerResponse, body: string | null) => void
  readonly isClosing: () => boolean
  readonly onFault: (error: unknown, res: ServerResponse) => void
}): (req: IncomingMessage, res: ServerResponse) => void {
  const { castCall, judgeOrigin, contextOf, whole, rest, isClosing } = parts

  return (req, res) => {
    const origin = judgeOrigin(req)
    if (origin === 'foreign' || !isPlain(req)) return whole(req, res)
    readText(req, parts.mostBytes, (text) => {
      if (text === 'cut-off') return
      if (text === 'too-large') return rest(req, res, null)
      const input = parse(text.read)
      if (input === undefined) return rest(req, res, text.read)
      castCall(tokenOf(req), input, () => contextOf(req, res)).then(
        ({ status, retryAfterS, json }) => {
          if (res.destroyed) return
          const headers: string[] = [...commonHeaders]
          if (origin === 'allowed') headers.push(...welcomeHeaders(req))
          if (retryAfterS !== null) headers.push('retry-after', String(retryAfterS))
          if (isClosing()) headers.push('connection', 'close')
          headers.push('content-length', String(Buffer.byteLength(json)))
          res.writeHead(status, headers)
          res.end(json)
        },
        (error: unknown) => parts.onFault(error, res),
      )
    })
  }
}

/** As tRPC's own adapter sets them. */
const commonHeaders = [
  ...dataHeaders,
  ...['vary', 'trpc-accept, accept, origin'],
  ...['cache-control', 'no-store'],
  ...['content-type', 'application/json'],
]

/** JSON comes in and one JSON answer is wanted: no stream, no form. */
function isPlain({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']
  if (type !== 'application/json' && type?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json')
    return false
  return headers['trpc-accept'] === undefined && headers.accept?.includes('jsonl') !== true
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
