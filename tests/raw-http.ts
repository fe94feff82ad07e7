/** Speaks HTTP/1.1 by hand: bytes as they are given, answers as they come. */
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Names in lower case; the values of a name in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** A connection that is opened when it is needed and again after it was closed. */
export function openRawLine(port: number) {
  let socket: Socket | null = null
  let heard = Buffer.alloc(0)
  let closed = true
  let wake = () => {}

  function line(): Socket {
    if (socket !== null && !closed) return socket
    heard = Buffer.alloc(0)
    closed = false
    const fresh = connect({ port, host: '127.0.0.1', noDelay: true })
    fresh.on('data', (bytes) => {
      heard = Buffer.concat([heard, bytes])
      wake()
    })
    fresh.on('error', () => undefined)
    fresh.on('close', () => {
      if (socket === fresh) closed = true
      wake()
    })
    socket = fresh
    return fresh
  }

  return {
    /** Sends the pieces one after another, each in a segment of its own where the system lets it. */
    async send(pieces: readonly Buffer[]): Promise<void> {
      const to = line()
      for (const [i, piece] of pieces.entries()) {
        if (i > 0) await new Promise((resolve) => setTimeout(resolve, 1))
        to.write(piece)
      }
    },
    /** The next answer, null where the connection was closed without one. Interim answers are left out. */
    async answer(withinMs: number): Promise<RawAnswer | null> {
      const until = Date.now() + withinMs
      for (;;) {
        const read = readAnswer(heard, closed)
        if (read !== null) {
          heard = heard.subarray(read.length)
          if (read.answer.status >= 200) return read.answer
          continue
        }
        if (closed) return null
        if (Date.now() > until) throw new Error(`no answer within ${withinMs} ms, only: ${heard.toString()}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
    /** Cuts the connection off. */
    cut() {
      closed = true
      socket?.destroy()
      socket = null
    },
  }
}

/** Null while it is not whole. */
function readAnswer(bytes: Buffer, closed: boolean): { answer: RawAnswer; length: number } | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers: Record<string, string[]> = {}
  for (const text of lines) {
    const colon = text.indexOf(':')
    ;(headers[text.slice(0, colon).toLowerCase()] ??= []).push(text.slice(colon + 1).trim())
  }
  const status = Number(first.split(' ')[1])
  const from = end + 4
  const answer = (body: Buffer, length: number) => ({
    answer: { status, headers, body: body.toString('utf8') },
    length,
  })
  if (status < 200 || status === 204) return answer(Buffer.alloc(0), from)
  const length = headers['content-length']?.[0]
  if (length !== undefined) {
    const to = from + Number(length)
    return bytes.length < to ? null : answer(bytes.subarray(from, to), to)
  }
  if (headers['transfer-encoding']?.[0] !== 'chunked') {
    return closed ? answer(bytes.subarray(from), bytes.length) : null
  }
  const chunks: Buffer[] = []
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const next = lineEnd + 2 + size + 2
    if (bytes.length < next) return null
    if (size === 0) return answer(Buffer.concat(chunks), next)
    chunks.push(bytes.subarray(lineEnd + 2, next - 2))
    at = next
  }
}
