/** Answers GraphQL: queries as JSON, subscriptions as server-sent events. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'
import type { Log } from '../../../runtime/log.ts'
import { makeAudiences, type Asked } from './audiences.ts'
import { makeHeldDocuments, makeParsed } from './document-memory.ts'
import { limitPlugins } from './limits.ts'
import { readQuestion } from './question.ts'
import { makeResolvers, type ResolverParts } from './resolvers.ts'
import { makeResultForms, type Streams } from './results.ts'
import { schemaText } from './schema-text.ts'
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
  const { log } = parts
  const streams: Streams = new WeakMap()
  const audiences = makeAudiences((error) => log.error({ err: error }, 'a subscription failed'))
  const yoga = createYoga<{ viewer: Viewer }, Viewer>({
    schema: createSchema<{ viewer: Viewer } & Viewer>({
      typeDefs: schemaText,
      resolvers: makeResolvers(parts),
    }),
    context: ({ viewer }) => viewer,
    graphiql: parts.graphiql,
    // The page comes from here, not from a public CDN: it also works where there is no way out. It is large: nobody
    // loads it who does not ask for it.
    renderGraphiQL: async (options) =>
      (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    parserAndValidationCache: { documentCache: makeParsed(), errorCache: makeParsed() },
    plugins: [...limitPlugins, makeHeldDocuments(), makeResultForms(streams)],
    // What nobody foresaw is logged whole, by Yoga through `error`, and leaves as one sentence.
    maskedErrors: { isDev: false, errorMessage: 'Something failed here; it was noted.' },
    logging: {
      debug: () => undefined,
      info: () => undefined,
      warn: (...told) => log.warn({ told }, 'graphql'),
      error: (...told) => log.error({ err: told[0] }, 'a GraphQL request failed'),
    },
  })

  const asked = (response: Response): Asked => {
    const results = streams.get(response)
    return results === undefined ? { refusal: response } : { results }
  }

  return async (req, res, viewer) => {
    const { isAdmin, votedIn, gone } = viewer
    const question = readQuestion(req, viewer)
    const ask = async (over: AbortSignal) => {
      const context = { viewer: { isAdmin, votedIn, gone: over } }
      if (question === null) return asked(await yoga.handleNodeRequestAndResponse(req, res, context))
      // Asked by itself, so that an audience holds nothing of the connection of its first viewer.
      const { accept, body } = question
      const headers = { accept, 'content-type': 'application/json' }
      return asked(await yoga.fetch('http://urna/graphql', { method: 'POST', headers, body }, context))
    }
    const response = await audiences.seat(question?.key ?? null, ask, res, gone)
    if (response === null) return
    const body = Buffer.from(await response.text())
    if (res.destroyed) return
    res.writeHead(response.status, {
      ...Object.fromEntries(response.headers),
      'content-length': body.length,
      'cache-control': 'no-store',
    })
    res.end(body)
  }
}
