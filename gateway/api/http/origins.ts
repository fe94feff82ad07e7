/** Which pages of the web may call: our own, and those that CORS_ORIGINS names. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export type Origin = 'own' | 'allowed' | 'foreign'

/**
 * A request without an Origin comes from no page (curl, an app, a server) or from our own by a plain GET. Only the
 * host is compared: behind a proxy that ends TLS we do not know by which scheme the page was loaded.
 */
export function makeJudgeOrigin(
  corsOrigins: readonly string[],
  trustProxy: boolean,
): (req: IncomingMessage) => Origin {
  const allowed = new Set(corsOrigins)
  return (req) => {
    const { origin, host } = req.headers
    if (origin === undefined) return 'own'
    if (allowed.has(origin)) return 'allowed'
    const forwarded = trustProxy ? req.headers['x-forwarded-host'] : undefined
    const ours = typeof forwarded === 'string' ? forwarded : host
    const theirs = URL.canParse(origin) ? new URL(origin).host : null
    return theirs !== null && theirs !== '' && theirs === ours?.toLowerCase() ? 'own' : 'foreign'
  }
}

/** Tells a browser that the page of this (allowed) origin may read the answer. */
export function welcome(req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('access-control-allow-origin', req.headers.origin ?? '')
  res.setHeader('access-control-allow-credentials', 'true')
  res.setHeader('access-control-expose-headers', 'retry-after')
}

/** Answers the question that a browser asks before it sends a call from another origin. */
export function answerPreflight(res: ServerResponse): void {
  res.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type, accept, trpc-accept, x-trpc-source',
    'access-control-max-age': '600',
  })
  res.end()
}
