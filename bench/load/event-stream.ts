/** Reads server-sent events out of a chunked HTTP answer, as its bytes come. */

export interface EventStream {
  /** Takes what the socket gave; calls `onData` for each `data:` that is whole. */
  readonly take: (text: string) => void
}

export function readEventStream(onData: (data: string) => void): EventStream {
  let head = ''
  let isHeadRead = false
  /** Bytes of the chunk under way that have not come yet, its closing line included. */
  let left = 0
  let sizeLine = ''
  let event = ''

  const body = (text: string) => {
    event += text
    for (let end = event.indexOf('\n\n'); end >= 0; end = event.indexOf('\n\n')) {
      const one = event.slice(0, end)
      event = event.slice(end + 2)
      const data = one.indexOf('data:')
      if (data >= 0) onData(one.slice(data + 5))
    }
  }

  const chunks = (text: string) => {
    for (let at = 0; at < text.length;) {
      if (left > 0) {
        const some = text.slice(at, at + left)
        at += some.length
        // The last two bytes of a chunk are its line end.
        const content = Math.max(0, Math.min(some.length, left - 2))
        left -= some.length
        if (content > 0) body(some.slice(0, content))
        continue
      }
      const lineEnd = text.indexOf('\n', at)
      sizeLine += lineEnd < 0 ? text.slice(at) : text.slice(at, lineEnd)
      if (lineEnd < 0) return
      at = lineEnd + 1
      left = Number.parseInt(sizeLine, 16) + 2
      sizeLine = ''
    }
  }

  return {
    take(text) {
      if (isHeadRead) return chunks(text)
      head += text
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`a stream was refused: ${head.slice(0, 400)}`)
      if (!/\r\ntransfer-encoding: *chunked/i.test(head.slice(0, end))) {
        throw new Error(`a stream that is not chunked: ${head.slice(0, end)}`)
      }
      isHeadRead = true
      chunks(head.slice(end + 4))
      head = ''
    },
  }
}
