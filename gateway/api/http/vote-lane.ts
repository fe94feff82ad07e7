/** The fast lane: connections that bring plain votes are answered before node:http has to look at them. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { CastDesk, DeskAnswer } from './cast-desk.ts'
import { readPlain } from './read-plain.ts'

export interface VoteLane {
  /** Takes a new connection. */
  readonly enter: (socket: Socket) => void
  /** How many connections are in the lane. */
  readonly size: () => number
  /** Closes each connection once what it has asked is answered, idle ones at once. */
  readonly close: () => void
  /** Closes all that are left. */
  readonly closeAll: () => void
}

interface Lane {
  readonly socket: Socket
  /** The beat at which it is closed if nothing is asked until then. */
  restsAt: number
  /** Whether an answer is owed. */
  asked: boolean
  /** Whether the other side has said its last. */
  ended: boolean
  /** What came before the answer had left. */
  early: Buffer[]
}

// A voter who sends on without waiting for an answer is no longer listened to at this point.
const mostEarlyBytes = 64 * 1024

// How often idle connections are looked for.
const beatMs = 500
/** Half a second to a second longer than announced: who asks again in the last moment still finds it open. */
const beatsFor = (ms: number) => Math.ceil(ms / beatMs) + 2

/**
 * node:http spends half of a vote's time on what a vote does not need: objects for request and response, streams, a
 * parser's callbacks. Here a connection is read as far as its requests are whole and plain (read-plain.ts); with the
 * first that is not, the connection and every byte of that request go to node:http, for good. Nothing is interpreted
 * here that node:http would interpret otherwise.
 */
export function makeVoteLane(parts: {
  readonly desk: CastDesk
  readonly mostBytes: number
  /** Hands a connection over, with what it has brought. */
  readonly leave: (socket: Socket) => void
  /** For the first byte of a new connection, ms. */
  readonly firstWithinMs: number
  /** For the next request of a connection, ms. */
  readonly idleForMs: number
  readonly onFault: (error: unknown) => void
}): VoteLane {
  const { desk, idleForMs } = parts
  const lanes = new Map<Socket, Lane>()
  const endings = endingsOf(idleForMs)
  const beats = { first: beatsFor(parts.firstWithinMs), idle: beatsFor(idleForMs) }
  let beat = 0
  let beating: NodeJS.Timeout | null = null
  let closing = false

  function take(this: Socket, bytes: Buffer): void {
    const lane = lanes.get(this)
    // After the last answer nothing more is heard: a vote that came now would be cast and never answered.
    if (lane === undefined || this.writableEnded) return
    if (lane.asked) {
      lane.early.push(bytes)
      if (lane.early.reduce((sum, { length }) => sum + length, 0) > mostEarlyBytes) this.pause()
      return
    }
    read(lane, bytes)
  }

  function read(lane: Lane, bytes: Buffer): void {
    const request = readPlain(bytes, parts.mostBytes)
    const origin = request === null || request.body === '' ? null : desk.takes(request.headers)
    if (request === null || origin === null) return leave(lane, bytes)
    lane.asked = true
    desk.answer(request.headers, origin, request.body).then(
      (answer) => say(lane, answer),
      (error: unknown) => {
        parts.onFault(error)
        lane.socket.destroy()
      },
    )
  }

  function say(lane: Lane, answer: DeskAnswer): void {
    const { socket } = lane
    if (socket.destroyed) return
    lane.asked = false
    lane.restsAt = beat + beats.idle
    const isLast = closing || lane.ended
    const { status, headers, json } = answer
    // What holds more than ASCII is an error that repeats what it was sent.
    const encoding = status === 200 ? 'latin1' : 'utf8'
    const length = status === 200 ? json.length : Buffer.byteLength(json)
    const ending = isLast ? endings.last() : endings.next()
    const text = `${headOf(status, headers)}content-length: ${length}\r\n${ending}\r\n${json}`
    if (isLast) {
      socket.end(text, encoding)
      return
    }
    socket.write(text, encoding)
    if (lane.early.length === 0) return
    const bytes = lane.early.length === 1 ? lane.early[0] : Buffer.concat(lane.early)
    lane.early = []
    socket.resume()
    if (bytes !== undefined) read(lane, bytes)
  }

  function leave({ socket }: Lane, bytes: Buffer): void {
    lanes.delete(socket)
    for (const [event, listener] of listeners) socket.off(event, listener)
    // Paused, so that what is given back flows once there is somebody to take it.
    socket.pause().unshift(bytes)
    parts.leave(socket)
    socket.resume()
  }

  function end(this: Socket): void {
    const lane = lanes.get(this)
    if (lane === undefined) return
    lane.ended = true
    if (!lane.asked) this.end()
  }
  /** Closes who has been idle for too long. A timer for each socket would be set anew with each read and write. */
  function look(): void {
    beat++
    for (const { socket, asked, restsAt } of lanes.values()) if (!asked && restsAt <= beat) socket.destroy()
    if (lanes.size > 0 || beating === null) return
    clearInterval(beating)
    beating = null
  }
  function close(this: Socket): void {
    lanes.delete(this)
  }

  // The same functions for all connections.
  const listeners = [
    ['data', take],
    ['end', end],
    ['close', close],
    ['error', ignore],
  ] as const

  return {
    enter(socket) {
      lanes.set(socket, { socket, restsAt: beat + beats.first, asked: false, ended: false, early: [] })
      for (const [event, listener] of listeners) socket.on(event, listener)
      beating ??= setInterval(look, beatMs).unref()
    },
    size: () => lanes.size,
    close() {
      closing = true
      for (const { socket, asked } of lanes.values()) if (!asked) socket.destroy()
    },
    closeAll() {
      for (const { socket } of lanes.values()) socket.destroy()
    },
  }
}

function ignore(): void {
  // The close that follows says all that we need.
}

/** The last headers of an answer: the date, and what becomes of the connection. */
function endingsOf(idleForMs: number): { readonly next: () => string; readonly last: () => string } {
  let second = 0
  let date = ''
  const dateLine = () => {
    const now = Math.floor(Date.now() / 1_000)
    if (now !== second) date = `date: ${new Date(now * 1_000).toUTCString()}\r\n`
    second = now
    return date
  }
  const keep = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(idleForMs / 1_000)}\r\n`
  return { next: () => dateLine() + keep, last: () => `${dateLine()}connection: close\r\n` }
}

const heads = new WeakMap<readonly string[], Map<number, string>>()

/** Most answers share one array of headers: their head is one text for each status. */
function headOf(status: number, headers: readonly string[]): string {
  const known = heads.get(headers)
  let head = known?.get(status)
  if (head !== undefined) return head
  head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}\r\n`
  if (known === undefined) heads.set(headers, new Map([[status, head]]))
  else known.set(status, head)
  return head
}
