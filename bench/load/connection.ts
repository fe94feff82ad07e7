/** One kept-alive connection with at most one request under way. */
import { connect, type Socket } from 'node:net'
import { readAnswer, type Answer } from './read-answer.ts'

// An answer to a vote has 700 bytes; a longer one comes in pieces and is put together.
const bufferBytes = 4_096

export interface Connection {
  readonly send: (request: Buffer) => void
  readonly close: () => void
}

/** `onCut`: the connection was lost with a request under way; it is opened again at once. */
export function openConnection(its: {
  readonly port: number
  readonly onAnswer: (answer: Answer) => void
  readonly onCut: () => void
  readonly onFault: (fault: Error) => void
}): Promise<Connection> {
  let socket: Socket
  let isBusy = false
  let isClosed = false
  let piece = ''

  const open = (onOpen: () => void) => {
    piece = ''
    let isOpen = false
    // Read into one buffer for ever: a stream with its chunks would cost the generator half of what it has.
    const onread = {
      buffer: Buffer.allocUnsafe(bufferBytes),
      callback(length: number, buffer: Uint8Array) {
        const text = (buffer as Buffer).toString('latin1', 0, length)
        take(piece === '' ? text : piece + text)
        return true
      },
    }
    socket = connect({ host: '127.0.0.1', port: its.port, noDelay: true, onread }, () => {
      isOpen = true
      onOpen()
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      if (isClosed) return
      if (!isOpen) return its.onFault(new Error(`nobody answers on port ${its.port}`))
      const wasBusy = isBusy
      isBusy = false
      open(() => wasBusy && its.onCut())
    })
  }

  const take = (text: string) => {
    try {
      const answer = readAnswer(text)
      if (answer === null) {
        piece = text
        return
      }
      piece = ''
      isBusy = false
      its.onAnswer(answer)
    } catch (fault) {
      its.onFault(fault instanceof Error ? fault : new Error(String(fault)))
    }
  }

  return new Promise((resolve) => {
    open(() =>
      resolve({
        send(request) {
          isBusy = true
          socket.write(request)
        },
        close() {
          isClosed = true
          socket.destroy()
        },
      }),
    )
  })
}
