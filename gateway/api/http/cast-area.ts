/** The short way of a vote whose request node:http has read. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CastDesk } from './cast-desk.ts'
import { readText } from './read-body.ts'

/**
 * Answers what the desk takes; hands everything else on: `whole` takes a request of which nothing was read, `rest` one
 * whose body was read (null: it is larger than allowed).
 */
export function makeCastArea(parts: {
  readonly desk: CastDesk
  readonly mostBytes: number
  readonly whole: (req: IncomingMessage, res: ServerResponse) => void
  readonly rest: (req: IncomingMessage, res: ServerResponse, body: string | null) => void
  readonly isClosing: () => boolean
  readonly onFault: (error: unknown, res: ServerResponse) => void
}): (req: IncomingMessage, res: ServerResponse) => void {
  const { desk, whole, rest, isClosing } = parts
  return (req, res) => {
    const origin = desk.takes(req.headers)
    if (origin === null) return whole(req, res)
    readText(req, parts.mostBytes, (text) => {
      if (text === 'cut-off') return
      if (text === 'too-large') return rest(req, res, null)
      // An empty body is the whole way's own business.
      if (text.read === '') return rest(req, res, '')
      desk.answer(req.headers, origin, text.read).then(
        ({ status, headers, json }) => {
          if (res.destroyed) return
          const length = ['content-length', String(Buffer.byteLength(json))]
          const ending = isClosing() ? ['connection', 'close'] : []
          res.writeHead(status, [...headers, ...length, ...ending])
          res.end(json)
        },
        (error: unknown) => parts.onFault(error, res),
      )
    })
  }
}
