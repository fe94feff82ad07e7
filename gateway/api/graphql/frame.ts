/** The bytes of one server-sent event, made once for every viewer that they are sent to. */
import type { ExecutionResult } from 'graphql'
import { toTypedError } from './refusals.ts'

export interface Frame {
  /** The event as one chunk of HTTP/1.1's chunked coding: it goes straight to a socket. */
  readonly chunk: Buffer
  /** The event itself: a part of `chunk`. */
  readonly event: Buffer
}

/** GraphQL over SSE, distinct connections: `next` for each result, then `complete`. */
export const frames = {
  of: (result: ExecutionResult) => toFrame(`event: next\ndata: ${toJson(result)}\n\n`),
  complete: toFrame('event: complete\ndata:\n\n'),
  /** A comment: a sign of life. */
  ping: toFrame(':\n\n'),
} as const

function toFrame(event: string): Frame {
  const head = `${Buffer.byteLength(event).toString(16)}\r\n`
  const chunk = Buffer.from(`${head}${event}\r\n`)
  return { chunk, event: chunk.subarray(head.length, -2) }
}

/** A result as JSON. What an error holds for HTTP is no business of the viewer. */
export function toJson(result: ExecutionResult): string {
  if (result.errors === undefined) return JSON.stringify(result)
  const errors = result.errors.map((error) => {
    const { extensions: { http, ...extensions } = {}, ...told } = toTypedError(error).toJSON()
    return { ...told, extensions }
  })
  return JSON.stringify({ ...result, errors })
}
