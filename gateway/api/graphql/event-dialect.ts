/** How GraphQL over SSE words what is told of an operation on a single connection: each event as a chunk of HTTP/1.1. */
import type { Dialect } from './line.ts'

const tail = Buffer.from('}\n\n\r\n')
/** The event's own part of it. */
const tailOfEvent = 3

export const eventDialect: Dialect = {
  next(id) {
    const head = Buffer.from(`event: next\ndata: {"id":${JSON.stringify(id)},"payload":`)
    return (payload) => {
      const size = head.length + payload.length + tailOfEvent
      return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), head, payload, tail])
    }
  },
  complete(id) {
    const event = `event: complete\ndata: {"id":${JSON.stringify(id)}}\n\n`
    return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`)
  },
  refused: null,
}
