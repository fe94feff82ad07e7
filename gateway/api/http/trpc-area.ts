/** Answers tRPC calls through its official adapter. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { z } from 'zod'
import { voteRefusals } from '../../../contracts/refusals.ts'
import { voteAnswerShape } from '../../../contracts/vote.ts'
import type { Log } from '../../../runtime/log.ts'
import type { CallContext } from '../trpc/procedures.ts'
import type { AppRouter } from '../trpc/router.ts'
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

export function makeTrpc(parts: {
  readonly router: AppRouter
  readonly readSession: CallContext['readSession']
  readonly trustProxy: boolean
  readonly log: Pick<Log, 'error'>
}): ServeTrpc {
  const { router, readSession, trustProxy, log } = parts
  return (req, res, path, caller) =>
    nodeHTTPRequestHandler<AppRouter, IncomingMessage, ServerResponse>({
      router,
      req,
      res,
      path,
      allowBatching: true,
      maxBatchSize: mostCallsInABatch,
      createContext: async (): Promise<CallContext> => ({
        ...caller,
        readSession,
        keepSession: (session) => keepSession(req, res, session, trustProxy),
      }),
      responseMeta({ info, data }) {
        // A batch keeps tRPC's own status, 200 or 207: one status cannot speak for several answers.
        const isOneVote = info?.isBatchCall === false && info.calls[0]?.path === 'vote.cast'
        return { headers: commonHeaders(), ...(isOneVote && refused(data[0])) }
      },
      onError({ error, path: procedure }) {
        if (error.code === 'INTERNAL_SERVER_ERROR') log.error({ err: error, procedure }, 'a call failed')
      },
    })
}

/** tRPC sets `vary` itself and adds these to it: an answer for one origin is no answer for another. */
const commonHeaders = () => new Headers({ 'cache-control': 'no-store', vary: 'origin' })

const refusedVoteShape = z.object({ result: z.object({ data: voteAnswerShape.options[1] }) })

/** A refused vote is a value, but its status is that of its reason, so that any HTTP client can tell. */
function refused(answer: unknown): { status: number; headers: Headers } | null {
  const read = refusedVoteShape.safeParse(answer)
  if (!read.success) return null
  const { reason, retryAt } = read.data.result.data
  const { status } = voteRefusals[reason]
  const headers = commonHeaders()
  if (status === 503) headers.set('retry-after', String(secondsUntil(retryAt)))
  return { status, headers }
}

/** At least 1: an answer that says "at once" calls the crowd back into the same second. */
function secondsUntil(retryAt: string | undefined): number {
  const waitMs = retryAt === undefined ? 0 : Date.parse(retryAt) - Date.now()
  return Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1000)) : 1
}
