/** What every answer tells a browser that it may not do. */
import type { ServerResponse } from 'node:http'

/** Options may show pictures from elsewhere; everything else is our own. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: https:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

// GraphiQL, where a developer asked for it, is one page with its script and style inside.
const graphiqlPolicy = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'"

export function setSecurityHeaders(res: ServerResponse, isGraphiql = false): void {
  res.setHeader('content-security-policy', isGraphiql ? graphiqlPolicy : policy)
  res.setHeader('x-content-type-options', 'nosniff')
  res.setHeader('referrer-policy', 'same-origin')
  res.setHeader('cross-origin-opener-policy', 'same-origin')
}
