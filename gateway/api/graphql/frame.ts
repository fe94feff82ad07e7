/** The bytes of one server-sent event, made once for every viewer that they are sent to. */
import type { ExecutionResult } from 'graphql'
import { toTypedError } from './refusals.ts'

export interface Frame {
  /** The event as one chunk of HTTP/1.1's chunked coding: it goes straight to a socket. */
  readonly chunk: Buffer
  /** The event itself: a part of `chunk`. */
  readonly event: Buffer
  /** The result as JSON: a part of `event`. */
  readonly payload: Buffer
}

/** GraphQL over SSE, distinct connections: `next` for each result, then `complete`. */
export const frames = {
  of: (result: ExecutionResult) => toFrame('event: next\ndata: ', toJson(result)),
  complete: toFrame('event: complete\ndata:', ''),
  /** A comment: a sign of life. */
  ping: toFrame(':', ''),
} as const

function toFrame(head: string, json: string): Frame {
  const chunk = toChunk(head, json)
  const event = chunk.subarray(chunk.indexOf('\n') + 1, -2)
  return { chunk, event, payload: event.subarray(head.length, -2) }
}

function toChunk(head: string, json: string): Buffer {
  const event = `${head}${json}\n\n`
  return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`)
}

/** A result as JSON. */
export function toJson(result: ExecutionResult): string {
  return JSON.stringify(result.errors === undefined ? result : { ...result, errors: errorsOf(result) })
}

/** What an error holds for HTTP is no business of the viewer. */
export function errorsOf({ errors = [] }: ExecutionResult): unknown[] {
  return errors.map((error) => {
    const { extensions: { http, ...extensions } = {}, ...told } = toTypedError(error).toJSON()
    return { ...told, extensions }
  })
}
