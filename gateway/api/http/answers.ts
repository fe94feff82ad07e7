/** How the door itself answers: JSON, and refusals in the form that each area's clients read. */
import type { ServerResponse } from 'node:http'
import { callRefusals, type CallRefusal } from '../../../contracts/refusals.ts'
import { jsonTypeOf, mediaTypes } from './accept.ts'

export const notJsonSays = 'The body is not valid JSON.'

/** Which clients call there. */
export type Area = 'trpc' | 'graphql' | 'other'

export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  type: string = `${mediaTypes.json}; charset=utf-8`,
): void {
  const text = Buffer.from(JSON.stringify(body))
  res.writeHead(status, {
    'content-type': type,
    'content-length': text.length,
    'cache-control': 'no-store',
  })
  res.end(res.req.method === 'HEAD' ? undefined : text)
}

/** Refuses a request before anything of it was carried out. */
export function refuseRequest(
  res: ServerResponse,
  area: Area,
  reason: CallRefusal,
  message: string = callRefusals[reason].says,
): void {
  const { status } = callRefusals[reason]
  const type = area === 'graphql' ? jsonTypeOf(res.req.headers.accept) : undefined
  sendJson(res, status, refusalBody(area, reason, status, message), type)
}

/** The body of a refusal. */
export function refusalBody(area: Area, reason: CallRefusal, httpStatus: number, message: string): unknown {
  switch (area) {
    case 'trpc':
      // tRPC's own envelope, so that its client finds `data.reason` as in every other error. -32600: invalid request.
      return {
        error: { message, code: -32600, data: { code: reason, httpStatus, reason, faults: [] } },
      }
    case 'graphql':
      return { errors: [{ message, extensions: { code: reason, reason } }] }
    case 'other':
      return { error: { reason, message } }
    default:
      return area satisfies never
  }
}
