/** The one answer of an HTTP request: its status and media type as the GraphQL-over-HTTP specification says. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { jsonTypeOf, mediaTypes, type Form } from '../http/accept.ts'
import type { Told } from './engine.ts'
import { frames, toJson } from './frame.ts'
import { httpOf } from './refusals.ts'

/**
 * What may not be asked in this way is told as such in any form. Else whatever has data is 200, and without data a status
 * says it only where the media type says that the status is GraphQL's own: a 404 of plain JSON may come from anyone.
 */
export function answerOnce(res: ServerResponse, told: Told, forms: readonly Form[]): void {
  const { as, result } = told
  const form = forms[0] ?? 'json'
  if (as !== 'unfit' && form === 'events') {
    const events = Buffer.concat([frames.of(result).event, frames.complete.event])
    return send(res, 200, { 'content-type': `${mediaTypes.events}; charset=utf-8` }, events)
  }
  const headers = { 'content-type': jsonTypeOf(res.req.headers.accept) }
  const body = Buffer.from(toJson(result))
  const isFine = result.data !== undefined || result.errors === undefined
  if (isFine || (as !== 'unfit' && form === 'json')) return send(res, 200, headers, body)
  const { status, headers: more } = worstOf(result.errors ?? [])
  const allow = status === 405 ? { allow: 'POST' } : {}
  send(res, status, { ...headers, ...more, ...allow }, body)
}

/** Where no form of ours is taken, nothing is executed. */
export function refuseForms(res: ServerResponse): void {
  const says = `GraphQL is answered as ${Object.values(mediaTypes).join(', ')}: "accept" names none of them.`
  const body = { errors: [{ message: says, extensions: { code: 'bad-input', reason: 'bad-input' } }] }
  const headers = { 'content-type': `${mediaTypes.json}; charset=utf-8` }
  send(res, 406, headers, Buffer.from(JSON.stringify(body)))
}

function worstOf(errors: readonly GraphQLError[]) {
  const all = errors.map(httpOf).sort((a, b) => b.status - a.status)
  return all[0] ?? { status: 400, headers: {} }
}

function send(res: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: Buffer): void {
  if (res.destroyed) return
  res.writeHead(status, { ...headers, 'content-length': body.length, 'cache-control': 'no-store' })
  res.end(body)
}
