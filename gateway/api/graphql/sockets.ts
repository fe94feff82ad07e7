/** Answers GraphQL over WebSocket: the protocol `graphql-transport-ws`, fed by the same audiences as events are. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, parseMessage, type Message } from 'graphql-ws'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import type { Log } from '../../../runtime/log.ts'
import type { Told } from './engine.ts'
import { longestId, type Line, type Wire } from './line.ts'
import type { Lines, Rights } from './lines.ts'
import { readParams } from './params.ts'
import { refuse, toTypedError } from './refusals.ts'
import { socketDialect } from './socket-dialect.ts'

/** What one may see who brings this as "authorization", or what came with the connection, of what a text names. */
export type Identify = (authorization: string | undefined) => (text: string) => Promise<Rights | null>

export interface Sockets {
  /** Takes a connection that asks to be one; false: there is no room for it. */
  readonly enter: (req: IncomingMessage, socket: Socket, head: Buffer, identify: Identify) => boolean
  /** Says to all that this process goes, so that they come again. */
  readonly close: () => void
  /** Closes all that are left. */
  readonly closeAll: () => void
  readonly size: () => number
}

interface SocketsParts {
  readonly lines: Lines
  readonly mostMessageBytes: number
  readonly log: Pick<Log, 'error'>
  /** For the first message. */
  readonly initWithinMs?: number
  readonly mostSockets?: number
}

/** As many viewers as a process has of events; each connection may hold 50 operations. */
const mostOfAProcess = 15_000
const firstWithinMs = 10_000
/** Who does not answer a close within this is cut off. */
const closeWithinMs = 3_000
/** Two pings without a sign of life. */
const deadAfterMs = 30_000
const nothing = Buffer.alloc(0)
const ready = Buffer.from(JSON.stringify({ type: MessageType.ConnectionAck }))

export function makeSockets(parts: SocketsParts): Sockets {
  const { lines, log, initWithinMs = firstWithinMs, mostSockets = mostOfAProcess } = parts
  const all = new Set<WebSocket>()
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, autoPong: false },
    ...{ maxPayload: parts.mostMessageBytes, closeTimeout: closeWithinMs },
    handleProtocols: (offered) => offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  })

  function open(ws: WebSocket, socket: Socket, identify: Identify): void {
    ws.on('error', ignore)
    if (ws.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      return ws.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
    all.add(ws)
    const wire = wireOf(ws, socket)
    const line = lines.open(wire, socketDialect)
    const late = setTimeout(() => {
      ws.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout')
    }, initWithinMs)
    ws.on('close', () => {
      clearTimeout(late)
      all.delete(ws)
      line.close()
    })
    ws.on('ping', (data) => wire.owes() === 0 && ws.pong(data))
    let rightsIn: ReturnType<Identify> | null = null

    ws.on('message', (bytes: RawData, isBinary) => {
      if (ws.readyState !== ws.OPEN) return
      const read = isBinary ? null : readMessage(bytes)
      if (read === null) return ws.close(CloseCode.BadRequest, 'Invalid message received')
      const { message, text } = read
      switch (message.type) {
        case MessageType.ConnectionInit: {
          if (rightsIn !== null)
            return ws.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests')
          const authorization = message.payload?.['authorization'] ?? message.payload?.['Authorization']
          if (authorization !== undefined && typeof authorization !== 'string')
            return ws.close(CloseCode.Forbidden, 'Forbidden')
          clearTimeout(late)
          rightsIn = identify(authorization)
          return line.say(ready)
        }
        case MessageType.Ping: {
          const { payload } = message
          if (wire.owes() > 0) return
          return line.say(
            Buffer.from(JSON.stringify({ type: MessageType.Pong, ...(payload && { payload }) })),
          )
        }
        case MessageType.Pong:
          return
        case MessageType.Subscribe: {
          const identified = rightsIn
          if (identified === null) return ws.close(CloseCode.Unauthorized, 'Unauthorized')
          const { id, payload } = message
          if (id.length > longestId) return ws.close(CloseCode.BadRequest, 'Invalid message received')
          // Who does not read is told nothing more: an answer would be one more thing that waits for him.
          if (line.owesTooMuch()) return ws.close(1013, 'Take what was answered before you ask for more')
          return subscribe(line, ws, id, payload, () => identified(text))
        }
        case MessageType.Complete:
          return line.end(message.id)
        case MessageType.ConnectionAck:
        case MessageType.Next:
        case MessageType.Error:
          return ws.close(CloseCode.BadRequest, 'Invalid message received')
        default:
          return message satisfies never
      }
    })
  }

  function subscribe(
    line: Line,
    ws: WebSocket,
    id: string,
    payload: unknown,
    rightsIn: () => Promise<Rights | null>,
  ): void {
    const full = line.isFull()
    const operation = line.begin(id)
    if (operation === 'taken')
      return ws.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${shortened(id)} already exists`)
    if (full !== null) return operation.tell(full)
    const params = readParams(payload)
    if ('fault' in params) return operation.tell(refusal('bad-input', params.fault))
    const run = async () => {
      const rights = await rightsIn()
      // Nobody can say whether this viewer may see it.
      if (rights === null) return operation.tell(refusal('unavailable'))
      await lines.run(operation, params, rights)
    }
    run().catch((error: unknown) => {
      log.error({ err: error }, 'an operation over WebSocket failed')
      operation.fail()
    })
  }

  return {
    enter(req, socket, head, identify) {
      if (all.size >= mostSockets) return false
      server.handleUpgrade(req, socket, head, (ws) => open(ws, socket, identify))
      return true
    },
    close() {
      for (const ws of all) ws.close(1001, 'Going away')
    },
    closeAll() {
      for (const ws of all) ws.terminate()
    },
    size: () => all.size,
  }
}

/** An empty write tells when all before it has left: it adds no byte to what lies between two messages. */
function wireOf(ws: WebSocket, socket: Socket): Wire {
  let heardAt = performance.now()
  const heard = () => void (heardAt = performance.now())
  ws.on('message', heard).on('pong', heard).on('ping', heard)
  const isOpen = () => ws.readyState === ws.OPEN
  return {
    owes: () => ws.bufferedAmount,
    send: (message) => isOpen() && ws.send(message, { binary: false, compress: false }),
    whenTaken: (told) => void socket.write(nothing, (error) => error ?? told()),
    ping() {
      if (performance.now() - heardAt > deadAfterMs) ws.terminate()
      else if (isOpen()) ws.ping()
    },
    drop: () => ws.terminate(),
  }
}

function readMessage(bytes: RawData): { readonly message: Message; readonly text: string } | null {
  const text = Buffer.isBuffer(bytes) ? bytes.toString('utf8') : ''
  try {
    return { message: parseMessage(text), text }
  } catch {
    return null
  }
}

const refusal = (...why: Parameters<typeof refuse>): Told => ({
  as: 'invalid',
  result: { errors: [toTypedError(refuse(...why))] },
})

/** The reason of a close has 123 bytes at most. */
const shortened = (id: string) => (Buffer.byteLength(id) <= 90 ? id : 'this id')

const ignore = () => undefined
