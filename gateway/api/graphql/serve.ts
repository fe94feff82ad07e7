/** Opens GraphQL's ways in: queries and events over HTTP, and sockets. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Log } from '../../../runtime/log.ts'
import { makeAudiences, type Audiences } from './audiences.ts'
import { makeEngine } from './engine.ts'
import { makeLines, type Lines } from './lines.ts'
import type { ResolverParts } from './resolvers.ts'
import { makeServeHttp } from './serve-http.ts'
import { makeServeSingle, streamTokenOf } from './single-streams.ts'
import { makeSockets, type Sockets } from './sockets.ts'
import type { StreamHomes } from './stream-homes.redis.ts'
import { makeStreamTokens } from './stream-tokens.ts'
import type { Viewer } from './viewer.ts'

/** `req.body` holds the text of the body, already read and bounded. Resolves when the answer has left, or its stream stands. */
export type ServeGraphql = (
  req: IncomingMessage & { readonly body?: string },
  res: ServerResponse,
  viewer: Viewer,
) => Promise<void>

export interface Graphql {
  readonly serveGraphql: ServeGraphql
  readonly sockets: Sockets
}

/** A document with its variables takes 2 kB. */
export const mostGraphqlBytes = 64 * 1024

export function makeGraphql(
  parts: ResolverParts & {
    readonly graphiql: boolean
    readonly log: Log
    readonly registry?: Registry
    /** Signs the tokens of event streams. */
    readonly streamSecret: string
    readonly homes: StreamHomes
    readonly initWithinMs?: number
    readonly mostSockets?: number
  },
): Graphql {
  const { log, registry, initWithinMs, mostSockets } = parts
  const engine = makeEngine(parts)
  const audiences = makeAudiences((error) => log.error({ err: error }, 'a subscription failed'))
  const lines = makeLines(engine.ask, audiences)
  const sockets = makeSockets({
    ...{ lines, log, mostMessageBytes: mostGraphqlBytes },
    ...(initWithinMs !== undefined && { initWithinMs }),
    ...(mostSockets !== undefined && { mostSockets }),
  })
  if (registry !== undefined) measure(registry, audiences, lines, sockets)
  const serveHttp = makeServeHttp({ ...engine, audiences, graphiql: parts.graphiql })
  const serveSingle = makeServeSingle({
    ...{ check: engine.check, lines, homes: parts.homes },
    tokens: makeStreamTokens(parts.streamSecret, Date.now),
    onFault: (error) => log.error({ err: error }, 'an operation on an event stream failed'),
  })
  return {
    sockets,
    serveGraphql(req, res, viewer) {
      const { method } = req
      const isOfStream = method === 'PUT' || method === 'DELETE' || streamTokenOf(req) !== null
      return (isOfStream ? serveSingle : serveHttp)(req, res, viewer)
    },
  }
}

function measure(registry: Registry, audiences: Audiences, lines: Lines, sockets: Sockets): void {
  const gauge = (name: string, help: string, now: () => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(now())
      },
    })
  gauge(
    'urna_viewers',
    'Subscriptions that are followed, over events and sockets alike',
    () => audiences.size().viewers,
  )
  gauge('urna_audiences', 'Different subscriptions that are followed', () => audiences.size().audiences)
  gauge('urna_sockets', 'WebSockets that are open', sockets.size)
  gauge(
    'urna_single_streams',
    'Event streams that carry several operations',
    () => lines.size() - sockets.size(),
  )
  new Counter({
    name: 'urna_frames_total',
    help: 'States that were serialised, each once for its whole audience',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(audiences.size().frames)
    },
  })
}
