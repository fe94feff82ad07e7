/** Writes the results of one subscription as server-sent events, each when the one before has left. */
import type { ServerResponse } from 'node:http'

// Proxies close a connection that is silent for a minute or less; a client waits a few pings before it reconnects.
const pingEveryMs = 12_000

/**
 * GraphQL over SSE, distinct connections: `next` for each result, then `complete`. A result is fetched only once the
 * one before has left this process, so that a slow screen finds the newest and not a backlog. Ends when `results`
 * ends or the connection does; a socket that was destroyed while it owed us a drain holds nothing.
 */
export async function writeEvents<Result>(
  res: ServerResponse,
  results: AsyncIterable<Result>,
  toFrame: (result: Result) => Buffer,
): Promise<void> {
  const iterator = results[Symbol.asyncIterator]()
  let closed = res.destroyed
  let onLeft = () => {}
  // One listener for the whole stream: a race against a promise of the close would keep every frame's reaction.
  const close = () => {
    closed = true
    onLeft()
    iterator.return?.().catch(() => undefined)
  }
  // A write to a socket that is gone is told here; its close says all that we need.
  res.on('error', () => undefined)
  res.once('close', close)
  const write = (frame: Buffer) =>
    new Promise<void>((resolve) => {
      onLeft = resolve
      res.write(frame, () => resolve())
    })

  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  })
  // Some browsers wait for a first byte before they call a stream open.
  res.write(':\n\n')
  const ping = setInterval(() => {
    if (!res.writableNeedDrain) res.write(':\n\n')
  }, pingEveryMs)
  try {
    if (closed) return close()
    for (;;) {
      const next = await iterator.next()
      if (closed || next.done === true) break
      await write(toFrame(next.value))
    }
    if (!closed) res.end('event: complete\ndata:\n\n')
  } finally {
    clearInterval(ping)
  }
}
