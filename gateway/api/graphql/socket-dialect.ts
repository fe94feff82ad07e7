/** How `graphql-transport-ws` words what is told of an operation. */
import { MessageType } from 'graphql-ws'
import { errorsOf } from './frame.ts'
import type { Dialect } from './line.ts'

const tail = Buffer.from('}')
const message = (body: object) => Buffer.from(JSON.stringify(body))

export const socketDialect: Dialect = {
  next(id) {
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":`)
    return (payload) => Buffer.concat([head, payload, tail])
  },
  complete: (id) => message({ id, type: MessageType.Complete }),
  refused: (id, { result }) => message({ id, type: MessageType.Error, payload: errorsOf(result) }),
}
