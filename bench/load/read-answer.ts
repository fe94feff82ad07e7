/** Reads one HTTP/1.1 answer out of what a socket gave so far. */

export interface Answer {
  readonly status: number
  readonly body: string
}

const lengthHeader = /\r\ncontent-length: *(\d+)/i
const chunkedHeader = /\r\ntransfer-encoding: *chunked/i

/** Null while it is not whole. One request is under way at a time, so nothing may follow an answer. */
export function readAnswer(text: string): Answer | null {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  if (!text.startsWith('HTTP/1.1 ')) throw new Error(`not an answer: ${text.slice(0, 60)}`)
  const status = Number(text.slice(9, 12))
  const head = text.slice(0, headEnd)
  const told = lengthHeader.exec(head)
  if (told !== null) {
    const end = headEnd + 4 + Number(told[1])
    if (text.length < end) return null
    if (text.length > end) throw new Error(`bytes after an answer: ${text.slice(end, end + 60)}`)
    return { status, body: text.slice(headEnd + 4) }
  }
  if (!chunkedHeader.test(head)) throw new Error(`an answer without a length: ${head.slice(0, 200)}`)
  const body = readChunks(text, headEnd + 4)
  return body === null ? null : { status, body }
}

function readChunks(text: string, from: number): string | null {
  let body = ''
  for (let at = from; ;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    const end = lineEnd + 2 + size
    if (text.length < end + 2) return null
    if (size === 0) return body
    body += text.slice(lineEnd + 2, end)
    at = end + 2
  }
}
