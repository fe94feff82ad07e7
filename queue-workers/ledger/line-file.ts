/** Files of lines: written and read as a stream, whatever their length. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'

const bytesPerWrite = 256 * 1024
// A row of a full group has 50 kB; what is longer is no file of ours.
const longestLine = 16 * 1024 * 1024

export interface LineFile extends AsyncDisposable {
  readonly write: (line: Buffer | string) => Promise<void>
  /** Resolves when all of it is on the disk. */
  readonly finish: () => Promise<void>
}

/** Refuses to overwrite. */
export async function createLineFile(path: string): Promise<LineFile> {
  const file = await open(path, 'wx', 0o600)
  let waiting: Buffer[] = []
  let size = 0
  async function flush(): Promise<void> {
    const bytes = Buffer.concat(waiting)
    waiting = []
    size = 0
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten
  }
  const lineEnd = Buffer.from('\n')
  return {
    async write(line) {
      const bytes = typeof line === 'string' ? Buffer.from(line) : line
      waiting.push(bytes, lineEnd)
      size += bytes.length + 1
      if (size >= bytesPerWrite) await flush()
    },
    async finish() {
      await flush()
      await file.sync()
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** The lines of a file without their ends; empty ones are left out. */
export async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let length = 0
  for await (const read of createReadStream(path, { highWaterMark: bytesPerWrite })) {
    const chunk = read as Buffer
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)])
      rest = []
      length = 0
      from = end + 1
      if (line.length > 0) yield line
    }
    if (from === chunk.length) continue
    rest.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > longestLine) throw new Error(`${path} has a line of more than ${longestLine} bytes`)
  }
  if (length > 0) yield Buffer.concat(rest)
}
