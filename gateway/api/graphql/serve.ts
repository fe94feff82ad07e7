/** Answers GraphQL over HTTP: queries once, subscriptions as server-sent events. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../../../runtime/log.ts'
import { formsOf } from '../http/accept.ts'
import { makeAudiences } from './audiences.ts'
import { makeEngine } from './engine.ts'
import { answerOnce, refuseForms } from './http-answer.ts'
import { paramsOf } from './params.ts'
import { keyOf } from './question.ts'
import { refuse } from './refusals.ts'
import type { ResolverParts } from './resolvers.ts'
import type { Viewer } from './viewer.ts'

/** `req.body` holds the text of the body, already read and bounded. Resolves when the answer has left, or its stream stands. */
export type ServeGraphql = (
  req: IncomingMessage & { readonly body?: string },
  res: ServerResponse,
  viewer: Viewer,
) => Promise<void>

export function makeGraphql(
  parts: ResolverParts & { readonly graphiql: boolean; readonly log: Log },
): ServeGraphql {
  const { log, graphiql } = parts
  const { ask, yoga } = makeEngine(parts)
  const audiences = makeAudiences((error) => log.error({ err: error }, 'a subscription failed'))

  return async (req, res, viewer) => {
    const { accept } = req.headers
    // A page for people, whatever else their browser takes.
    if (graphiql && req.method === 'GET' && accept?.includes('text/html') === true)
      return void (await yoga(req, res, { viewer }))
    const forms = formsOf(accept)
    if (forms.length === 0) return refuseForms(res)
    const params = paramsOf(req)
    if ('fault' in params) {
      const errors = [refuse('bad-input', params.fault)]
      return answerOnce(res, { as: 'unfit', result: { errors } }, forms)
    }
    const way = { safe: req.method === 'GET', streams: forms.includes('events') }
    // Asked with no more than this, so that an audience holds nothing of the connection of its first viewer.
    const { isAdmin, votedIn, gone } = viewer
    const askFor = (over: AbortSignal) => ask(params, { isAdmin, votedIn, gone: over }, way)
    const told = await audiences.seat(way.streams ? keyOf(params, viewer) : null, askFor, res, gone)
    if (told !== null) answerOnce(res, told, forms)
  }
}
