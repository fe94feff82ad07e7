/** Opens GraphQL's ways in: queries and events over HTTP, and sockets. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Log } from '../../../runtime/log.ts'
import { makeAudiences } from './audiences.ts'
import { makeEngine } from './engine.ts'
import { makeLines } from './lines.ts'
import type { ResolverParts } from './resolvers.ts'
import { makeServeHttp } from './serve-http.ts'
import { makeSockets, type Sockets } from './sockets.ts'
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
    readonly initWithinMs?: number
    readonly mostSockets?: number
  },
): Graphql {
  const { log, registry, initWithinMs, mostSockets } = parts
  const { ask, yoga } = makeEngine(parts)
  const audiences = makeAudiences((error) => log.error({ err: error }, 'a subscription failed'))
  const lines = makeLines(ask, audiences)
  const sockets = makeSockets({
    ...{ lines, log, mostMessageBytes: mostGraphqlBytes },
    ...(initWithinMs !== undefined && { initWithinMs }),
    ...(mostSockets !== undefined && { mostSockets }),
  })
  if (registry !== undefined) measure(registry, audiences.size, sockets.size)
  return {
    serveGraphql: makeServeHttp({ ask, yoga, audiences, graphiql: parts.graphiql }),
    sockets,
  }
}

function measure(
  registry: Registry,
  sizeOf: () => { audiences: number; viewers: number; frames: number },
  socketsOpen: () => number,
): void {
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
    () => sizeOf().viewers,
  )
  gauge('urna_audiences', 'Different subscriptions that are followed', () => sizeOf().audiences)
  gauge('urna_sockets', 'WebSockets that are open', socketsOpen)
  new Counter({
    name: 'urna_frames_total',
    help: 'States that were serialised, each once for its whole audience',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(sizeOf().frames)
    },
  })
}
