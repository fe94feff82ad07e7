/** Answers a plain `vote.cast` call, however its request was read. */
import type { CallAnswer, CastCall } from '../trpc/cast-call.ts'
import { tokenOf, type Caller } from './caller.ts'
import { dataHeaders } from './headers.ts'
import { welcomeHeaders, type JudgeOrigin } from './origins.ts'
import type { CallContext } from '../trpc/procedures.ts'
import type { CastHeaders } from './read-plain.ts'

/** The one address whose plain calls are answered here. */
export const castPath = '/trpc/vote.cast'

/** name, value, name, value ... without the length and what belongs to the connection. */
export interface DeskAnswer extends CallAnswer {
  readonly headers: readonly string[]
}

export interface CastDesk {
  /** Whether the headers are those of one JSON call that wants one JSON answer, from a page that may call. */
  readonly takes: (headers: CastHeaders) => boolean
  /** Null where the body is no JSON: that is for the door to refuse. */
  readonly answer: (headers: CastHeaders, body: string) => Promise<DeskAnswer> | null
}

/** As tRPC's own adapter sets them. */
const commonHeaders = [
  ...dataHeaders,
  ...['vary', 'trpc-accept, accept, origin'],
  ...['cache-control', 'no-store'],
  ...['content-type', 'application/json'],
] as const

export function makeCastDesk(parts: {
  readonly castCall: CastCall
  readonly judgeOrigin: JudgeOrigin
  readonly readCaller: (request: { headers: CastHeaders }) => Caller
  readonly readSession: CallContext['readSession']
}): CastDesk {
  const { castCall, judgeOrigin, readCaller, readSession } = parts
  const contextOf = (headers: CastHeaders): CallContext => ({
    ...readCaller({ headers }),
    readSession,
    keepSession() {
      throw new Error('a vote starts no session')
    },
  })
  return {
    takes: (headers) => isPlain(headers) && judgeOrigin({ headers }) !== 'foreign',
    answer(headers, body) {
      const input = parse(body)
      if (input === undefined) return null
      const isGuest = judgeOrigin({ headers }) === 'allowed'
      return castCall(tokenOf({ headers }), input, () => contextOf(headers)).then((answer) => {
        if (!isGuest && answer.retryAfterS === null) return { ...answer, headers: commonHeaders }
        return {
          ...answer,
          headers: [
            ...commonHeaders,
            ...(isGuest ? welcomeHeaders({ headers }) : []),
            ...(answer.retryAfterS === null ? [] : ['retry-after', String(answer.retryAfterS)]),
          ],
        }
      })
    },
  }
}

/** No stream is wanted, and no form comes in. */
function isPlain(headers: CastHeaders): boolean {
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
