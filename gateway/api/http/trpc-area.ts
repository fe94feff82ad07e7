/** Answers tRPC calls through its official adapter. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { z } from 'zod'
import { voteAnswerShape } from '../../../contracts/vote.ts'
import type { Log } from '../../../runtime/log.ts'
import type { CallContext } from '../trpc/procedures.ts'
import type { AppRouter } from '../trpc/router.ts'
import { statusOf } from '../trpc/vote-status-code.ts'
import { keepSession, type Caller } from './caller.ts'

// More calls than this in one request are refused: an array of votes is cheaper than a batch of calls.
const mostCallsInABatch = 10

/** `req.body` holds the text of the body, already read and bounded. Resolves when the answer has left. */
export type ServeTrpc = (
  req: IncomingMessage & { readonly body?: string },
  res: ServerResponse,
  path: string,
  caller: Caller,
) => Promise<void>

export type ContextOf = (req: IncomingMessage, res: ServerResponse, caller: Caller) => CallContext

export function makeContextOf(readSession: CallContext['readSession'], trustProxy: boolean): ContextOf {
  return (req, res, caller) => ({
    ...caller,
    readSession,
    keepSession: (session) => keepSession(req, res, session, trustProxy),
  })
}

export function makeTrpc(parts: {
  readonly router: AppRouter
  readonly contextOf: ContextOf
  readonly log: Pick<Log, 'error'>
}): ServeTrpc {
  const { router, contextOf, log } = parts
  return (req, res, path, caller) =>
    nodeHTTPRequestHandler<AppRouter, IncomingMessage, ServerResponse>({
      router,
      req,
      res,
      path,
      allowBatching: true,
      maxBatchSize: mostCallsInABatch,
      createContext: async () => contextOf(req, res, caller),
      responseMeta({ info, data }) {
        // A batch keeps tRPC's own status, 200 or 207: one status cannot speak for several answers.
        const isOneVote = info?.isBatchCall === false && info.calls[0]?.path === 'vote.cast'
        return { headers: commonHeaders(), ...(isOneVote && metaOf(data[0])) }
      },
      onError({ error, path: procedure }) {
        if (error.code === 'INTERNAL_SERVER_ERROR') log.error({ err: error, procedure }, 'a call failed')
      },
    })
}

/** tRPC sets `vary` itself and adds these to it: an answer for one origin is no answer for another. */
const commonHeaders = () => new Headers({ 'cache-control': 'no-store', vary: 'origin' })

const oneVoteShape = z.object({ result: z.object({ data: voteAnswerShape }) })

/** A refused vote is a value, but its status is that of its reason. */
function metaOf(answer: unknown): { status: number; headers: Headers } | null {
  const read = oneVoteShape.safeParse(answer)
  if (!read.success) return null
  const { status, retryAfterS } = statusOf(read.data.result.data)
  const headers = commonHeaders()
  if (retryAfterS !== null) headers.set('retry-after', String(retryAfterS))
  return { status, headers }
}
