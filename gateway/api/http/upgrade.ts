/** Who may turn a request into a WebSocket, and where. */
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { callRefusals, type CallRefusal } from '../../../contracts/refusals.ts'
import type { Rights } from '../graphql/lines.ts'
import type { Sockets } from '../graphql/sockets.ts'
import { refusalBody } from './answers.ts'
import type { Caller, makeReadCaller } from './caller.ts'
import { dataHeaders } from './headers.ts'
import type { JudgeOrigin } from './origins.ts'
import { areaOf } from './routes.ts'

interface UpgradeParts {
  readonly sockets: Pick<Sockets, 'enter'>
  readonly judgeOrigin: JudgeOrigin
  readonly readCaller: ReturnType<typeof makeReadCaller>
  readonly rightsOf: (caller: Caller, named: string) => Promise<Rights | null>
  readonly isClosing: () => boolean
}

/**
 * A browser asks nobody before it opens a WebSocket to another site, and sends that site's cookies with it: a page that
 * may not call is refused here, before anything else is looked at.
 */
export function makeUpgrade(parts: UpgradeParts) {
  const { sockets, judgeOrigin, readCaller, rightsOf, isClosing } = parts

  return (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', ignore)
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/'
    if (judgeOrigin(req) === 'foreign') return refuse(socket, 'origin-refused')
    if (areaOf(path) !== 'graphql' || !(socket instanceof Socket))
      return refuse(socket, 'unknown-path', 'Only /graphql speaks WebSocket.')
    const { cookie, authorization } = req.headers
    const identify = (brought: string | undefined) => {
      const bearer = brought ?? authorization
      const caller = readCaller({
        headers: {
          ...(bearer !== undefined && { authorization: bearer }),
          ...(cookie !== undefined && { cookie }),
        },
      })
      return (named: string) => rightsOf(caller, named)
    }
    if (isClosing() || !sockets.enter(req, socket, head, identify))
      refuse(socket, 'unavailable', 'No more connections are taken here now. Try again a little later.')
  }
}

function refuse(socket: Duplex, reason: CallRefusal, message: string = callRefusals[reason].says): void {
  const { status } = callRefusals[reason]
  const body = Buffer.from(JSON.stringify(refusalBody('graphql', reason, status, message)))
  const headers = [
    ...dataHeaders,
    ...['content-type', 'application/json; charset=utf-8'],
    ...['content-length', String(body.length), 'cache-control', 'no-store', 'connection', 'close'],
    ...(status === 503 ? ['retry-after', '1'] : []),
  ]
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}\r\n`
  // After an upgrade nobody else looks after the socket: a peer that never ends its half would hold the closing door.
  socket.once('finish', () => socket.destroy())
  socket.end(Buffer.concat([Buffer.from(`${text}\r\n`), body]))
}

const ignore = () => undefined
