/** Reads a plain `vote.cast` request out of the bytes that a connection brought, or leaves it to node:http. */
import type { IncomingHttpHeaders } from 'node:http'

/** The headers that matter to a vote; the others were looked at and left. */
export type CastHeaders = Headers<
  | 'host'
  | 'origin'
  | 'accept'
  | 'cookie'
  | 'authorization'
  | 'content-type'
  | 'trpc-accept'
  | 'x-forwarded-host'
>
export type Headers<Name extends string> = { readonly [Key in Name]?: IncomingHttpHeaders[Key] | undefined }

export interface PlainRequest {
  readonly headers: CastHeaders
  readonly body: string
}

const start = Buffer.from('POST /trpc/vote.cast HTTP/1.1\r\n')
const [tab, lineFeed, carriageReturn, space, colon] = [9, 10, 13, 32, 58] as const

/** What a header's name (RFC 9110's token) and its value may be made of: 1 where a byte may. */
const inName = bytesOf(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/)
const inValue = bytesOf(/[\t\x20-\x7e]/)

function bytesOf(allowed: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (allowed.test(String.fromCharCode(byte)) ? 1 : 0))
}

/** Each at most once; a second one is for node:http to make sense of. */
const kept = new Set(
  'host origin accept cookie authorization content-type content-length trpc-accept x-forwarded-host connection'.split(
    ' ',
  ),
)
/** Who sends one of these wants more than an answer. */
const refused = new Set(['transfer-encoding', 'te', 'trailer', 'expect', 'upgrade', 'http2-settings'])
const lengths = new Set([...kept, ...refused].map((name) => name.length))

/**
 * Null unless the bytes are one whole request of which nothing is out of the ordinary: this address, HTTP/1.1, headers
 * of plain ASCII, a body of a stated length that lies behind them and ends with the bytes. What is read here is read
 * as node:http would read it; whatever else it might be, node:http is asked.
 */
export function readPlain(bytes: Buffer, mostBytes: number): PlainRequest | null {
  if (bytes.length <= start.length || bytes.compare(start, 0, start.length, 0, start.length) !== 0)
    return null
  const headers: Record<string, string> = {}
  let at = start.length
  while (bytes[at] !== carriageReturn) {
    const nameAt = at
    while (inName[bytes[at] ?? 0] === 1) at++
    const nameEnd = at
    if (nameEnd === nameAt || bytes[at++] !== colon) return null
    while (bytes[at] === space || bytes[at] === tab) at++
    const valueAt = at
    while (inValue[bytes[at] ?? 0] === 1) at++
    let valueEnd = at
    if (bytes[at++] !== carriageReturn || bytes[at++] !== lineFeed) return null
    if (!lengths.has(nameEnd - nameAt)) continue
    const name = bytes.toString('latin1', nameAt, nameEnd).toLowerCase()
    if (refused.has(name)) return null
    if (!kept.has(name)) continue
    while (valueEnd > valueAt && (bytes[valueEnd - 1] === space || bytes[valueEnd - 1] === tab)) valueEnd--
    if (headers[name] !== undefined) return null
    headers[name] = bytes.toString('latin1', valueAt, valueEnd)
  }
  if (bytes[at + 1] !== lineFeed) return null
  at += 2
  const { 'content-length': length = '', connection = 'keep-alive', host } = headers
  if (host === undefined || connection.toLowerCase() !== 'keep-alive') return null
  if (!/^\d{1,6}$/.test(length) || Number(length) > mostBytes || at + Number(length) !== bytes.length)
    return null
  return { headers, body: bytes.toString('utf8', at) }
}
