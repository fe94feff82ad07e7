/** Answers a plain `vote.cast` call, however its request was read. */
import type { CastCall } from '../trpc/cast-call.ts'
import { tokenOf, type Caller } from './caller.ts'
import { dataHeaders } from './headers.ts'
import { welcomeHeaders, type JudgeOrigin, type Origin } from './origins.ts'
import type { CallContext } from '../trpc/procedures.ts'
import type { CastHeaders } from './read-plain.ts'
import { callRefusals } from '../../../contracts/refusals.ts'
import { notJsonSays, refusalBody } from './answers.ts'

/** The one address whose plain calls are answered here. */
export const castPath = '/trpc/vote.cast'

/** headers: name, value, name, value ... without the length and what belongs to the connection. */
export interface DeskAnswer {
  readonly status: number
  readonly json: string
  readonly headers: readonly string[]
}

export type TakenOrigin = Exclude<Origin, 'foreign'>

export interface CastDesk {
  /** From where it comes, if it is one JSON call that wants one JSON answer, from a page that may call; else null. */
  readonly takes: (headers: CastHeaders) => TakenOrigin | null
  /** The body must not be empty. */
  readonly answer: (headers: CastHeaders, origin: TakenOrigin, body: string) => Promise<DeskAnswer>
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
    takes(headers) {
      const origin = judgeOrigin({ headers })
      return origin === 'foreign' || !isPlain(headers) ? null : origin
    },
    answer(headers, origin, body) {
      const isGuest = origin === 'allowed'
      const input = parse(body)
      if (input === undefined) return Promise.resolve(isGuest ? asGuest(notJson, headers) : notJson)
      return castCall(tokenOf({ headers }), input, () => contextOf(headers)).then((answer) => {
        const { status, retryAfterS, json } = answer
        const retry = retryAfterS === null ? [] : ['retry-after', String(retryAfterS)]
        const common = retryAfterS === null ? commonHeaders : [...commonHeaders, ...retry]
        const said = { status, json, headers: common }
        return isGuest ? asGuest(said, headers) : said
      })
    },
  }
}

/** As the door itself refuses, before any call is looked for. */
const notJson: DeskAnswer = {
  status: callRefusals['bad-input'].status,
  json: JSON.stringify(refusalBody('trpc', 'bad-input', callRefusals['bad-input'].status, notJsonSays)),
  headers: [
    ...dataHeaders,
    ...['vary', 'origin'],
    ...['content-type', 'application/json; charset=utf-8'],
    ...['cache-control', 'no-store'],
  ],
}

/** For a page of another site that may call. */
const asGuest = (answer: DeskAnswer, headers: CastHeaders): DeskAnswer => ({
  ...answer,
  headers: [...answer.headers, ...welcomeHeaders({ headers })],
})

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
