/** One screen: a socket with a subscription of its own, and the newest that it shows. */
import { connect } from 'node:net'
import { z } from 'zod'
import { readEventStream } from './event-stream.ts'

/** What vote-ui asks for: vote-ui/src/results/use-tally.ts. */
const query = `subscription TallyFrames($pollId: ID!) {
  tally(pollId: $pollId) {
    pollId
    version
    asOf
    total
    options {
      optionId
      votes
    }
  }
}`

const frameShape = z.object({
  data: z.object({
    tally: z.object({
      version: z.number(),
      options: z.array(z.object({ optionId: z.string(), votes: z.number() })),
    }),
  }),
})
export type Shown = z.infer<typeof frameShape>['data']['tally']

export function openViewer(its: {
  readonly port: number
  readonly pollId: string
  readonly onFrame: (shown: Shown) => void
  /** The stream ended, and not by `close`. */
  readonly onLost: () => void
  readonly onFault: (fault: unknown) => void
}): { readonly close: () => void } {
  let isClosed = false
  const stream = readEventStream((data) => {
    const shown = JSON.parse(data) as z.infer<typeof frameShape>
    // Each frame is not worth a parser: one that has another shape than this has no version.
    if (typeof shown.data?.tally?.version !== 'number') frameShape.parse(shown)
    its.onFrame(shown.data.tally)
  })
  const onread = {
    buffer: Buffer.allocUnsafe(8_192),
    callback(length: number, buffer: Uint8Array) {
      try {
        if (!isClosed) stream.take((buffer as Buffer).toString('latin1', 0, length))
      } catch (fault) {
        its.onFault(fault)
      }
      return true
    },
  }
  const socket = connect({ host: '127.0.0.1', port: its.port, noDelay: true, onread }, () => {
    const body = JSON.stringify({ query, variables: { pollId: its.pollId } })
    const lines = [
      'POST /graphql HTTP/1.1',
      'host: 127.0.0.1',
      'accept: text/event-stream',
      'content-type: application/json',
      `content-length: ${body.length}`,
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  })
  socket.on('error', () => undefined)
  socket.once('close', () => {
    if (!isClosed) its.onLost()
  })
  return {
    close() {
      isClosed = true
      socket.destroy()
    },
  }
}
