/** What every answer tells a browser that it may not do. */
import type { ServerResponse } from 'node:http'

/** Options may show pictures from elsewhere; everything else is our own. */
const screenPolicy = [
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

/** Of an answer that is data: whoever opens it as a page gets nothing of it. */
export const dataHeaders = [
  ...['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ...['x-content-type-options', 'nosniff'],
] as const

/** `flat`: name, value, name, value ... */
export function setFlat(res: ServerResponse, flat: readonly string[]): void {
  for (let i = 0; i < flat.length; i += 2) res.setHeader(flat[i] ?? '', flat[i + 1] ?? '')
}

export function setSecurityHeaders(res: ServerResponse, kind: 'screen' | 'graphiql' | 'data'): void {
  if (kind === 'data') return setFlat(res, dataHeaders)
  res.setHeader('content-security-policy', kind === 'graphiql' ? graphiqlPolicy : screenPolicy)
  res.setHeader('x-content-type-options', 'nosniff')
  res.setHeader('referrer-policy', 'same-origin')
  res.setHeader('cross-origin-opener-policy', 'same-origin')
}
