/** Answers GraphQL: queries as JSON, subscriptions as server-sent events. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'
import type { Log } from '../../../runtime/log.ts'
import { limitPlugins } from './limits.ts'
import { makeResolvers, type ResolverParts } from './resolvers.ts'
import { makeResultForms, makeToFrame, type Streams } from './results.ts'
import { makeSharedResults } from './shared-results.ts'
import { writeEvents } from './sse.ts'
import type { Viewer } from './viewer.ts'

/** `req.body` holds the text of the body, already read and bounded. Resolves when the answer has left. */
export type ServeGraphql = (
  req: IncomingMessage & { readonly body?: string },
  res: ServerResponse,
  viewer: Viewer,
) => Promise<void>

const typeDefs = readFileSync(new URL('../../../contracts/schema.graphql', import.meta.url), 'utf8')

export function makeGraphql(
  parts: ResolverParts & { readonly graphiql: boolean; readonly log: Log },
): ServeGraphql {
  const { log } = parts
  const streams: Streams = new WeakMap()
  const toFrame = makeToFrame()
  const yoga = createYoga<{ viewer: Viewer }, Viewer>({
    schema: createSchema<{ viewer: Viewer } & Viewer>({ typeDefs, resolvers: makeResolvers(parts) }),
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
    plugins: [...limitPlugins, makeSharedResults(), makeResultForms(streams)],
    // What nobody foresaw is logged whole, by Yoga through `error`, and leaves as one sentence.
    maskedErrors: { isDev: false, errorMessage: 'Something failed here; it was noted.' },
    logging: {
      debug: () => undefined,
      info: () => undefined,
      warn: (...told) => log.warn({ told }, 'graphql'),
      error: (...told) => log.error({ err: told[0] }, 'a GraphQL request failed'),
    },
  })

  return async (req, res, viewer) => {
    const response = await yoga.handleNodeRequestAndResponse(req, res, { viewer })
    const results = streams.get(response)
    if (results !== undefined) return writeEvents(res, results, toFrame)
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
