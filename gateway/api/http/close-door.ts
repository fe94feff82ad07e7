/** Closes the gateway's server: nothing that was begun is cut short before its time. */
import type { Server, ServerResponse } from 'node:http'

/** Connections that node:http does not count as its own. */
interface Connections {
  /** Ends each as soon as nothing is owed to it. */
  readonly close: () => void
  readonly closeAll: () => void
}

// A connection that was kept alive is closed this long after its last answer, at the latest.
const lookEveryMs = 50

/**
 * `open`: the answers that have not left, each with what ends its stream. A connection is closed once its answer has
 * left, and whatever its reader still owes after `withinMs`. A connection that is kept alive may still bring a
 * request: it is answered, and then closed.
 */
export async function closeDoor(
  server: Server,
  others: readonly Connections[],
  open: ReadonlyMap<ServerResponse, AbortController>,
  withinMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const finish = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('connection', 'close')
    open.get(res)?.abort(null)
  }
  for (const res of open.keys()) finish(res)
  for (const each of others) each.close()
  server.closeIdleConnections()
  const looking = setInterval(() => server.closeIdleConnections(), lookEveryMs)
  const late = setTimeout(() => {
    for (const each of others) each.closeAll()
    server.closeAllConnections()
  }, withinMs)
  await closed
  clearInterval(looking)
  clearTimeout(late)
}
