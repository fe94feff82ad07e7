/** Which pages of the web may call: our own, and those that CORS_ORIGINS names. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setFlat } from './headers.ts'
import type { Headers } from './read-plain.ts'

export type Origin = 'own' | 'allowed' | 'foreign'
type Asking = { readonly headers: Headers<'origin' | 'host' | 'x-forwarded-host'> }
export type JudgeOrigin = (req: Asking) => Origin

/**
 * A request without an Origin comes from no page (curl, an app, a server) or from our own by a plain GET. Only the
 * host is compared: behind a proxy that ends TLS we do not know by which scheme the page was loaded.
 */
export function makeJudgeOrigin(corsOrigins: readonly string[], trustProxy: boolean): JudgeOrigin {
  const allowed = new Set(corsOrigins)
  // A crowd comes from one page: its origin is taken apart once.
  let last = { origin: '', host: '' }
  return (req) => {
    const { origin, host } = req.headers
    if (origin === undefined) return 'own'
    if (allowed.has(origin)) return 'allowed'
    const forwarded = trustProxy ? req.headers['x-forwarded-host'] : undefined
    const ours = typeof forwarded === 'string' ? forwarded : host
    if (last.origin !== origin) last = { origin, host: URL.canParse(origin) ? new URL(origin).host : '' }
    return last.host !== '' && last.host === ours?.toLowerCase() ? 'own' : 'foreign'
  }
}

/** Tells a browser that the page of this (allowed) origin may read the answer. */
export function welcome(req: IncomingMessage, res: ServerResponse): void {
  setFlat(res, welcomeHeaders(req))
}

/** The same, name by value. */
export const welcomeHeaders = (req: Asking): string[] => [
  ...['access-control-allow-origin', req.headers.origin ?? ''],
  ...['access-control-allow-credentials', 'true'],
  ...['access-control-expose-headers', 'retry-after'],
]

/** Answers the question that a browser asks before it sends a call from another origin. */
export function answerPreflight(res: ServerResponse): void {
  res.writeHead(204, {
    'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers':
      'authorization, content-type, accept, trpc-accept, x-trpc-source, x-graphql-event-stream-token',
    'access-control-max-age': '600',
  })
  res.end()
}
