/** Answers GraphQL over HTTP: queries once, subscriptions as server-sent events. */
import { formsOf } from '../http/accept.ts'
import type { Audiences } from './audiences.ts'
import type { Engine } from './engine.ts'
import { answerOnce, refuseForms } from './http-answer.ts'
import { paramsOf } from './params.ts'
import { keyOf } from './question.ts'
import { refuse } from './refusals.ts'
import type { ServeGraphql } from './serve.ts'

export function makeServeHttp(
  parts: Pick<Engine, 'ask' | 'yoga'> & { readonly audiences: Audiences; readonly graphiql: boolean },
): ServeGraphql {
  const { ask, yoga, audiences, graphiql } = parts

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
    const key = way.streams ? keyOf(params, viewer) : null
    const told = await audiences.seat(key, askFor, { res, operation: null }, gone)
    if (told !== null) answerOnce(res, told, forms)
  }
}
