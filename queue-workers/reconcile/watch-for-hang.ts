/** Tells when a reader hangs: there is more to read, nothing fails, and it reads nothing. */

// A read that finds nothing is answered within a second; joining a group takes a few.
const hangsAfterMs = 20_000
const longestMs = 160_000

/**
 * isAtEnd: whether all was read that is there; read: how often anything was read. `now`: ms of a clock that only goes
 * forward. Who is told true opens the reader anew, which has twice as long each time, until it reads: a slow start is no
 * hang.
 */
export function watchForHang(): (
  its: { readonly isAtEnd: boolean; readonly read: number },
  now: number,
) => boolean {
  let since: { readonly at: number; readonly read: number } | null = null
  let patienceMs = hangsAfterMs
  return ({ isAtEnd, read }, now) => {
    const hasRead = since !== null && since.read !== read
    if (isAtEnd || hasRead) patienceMs = hangsAfterMs
    if (isAtEnd) since = null
    else if (since === null || hasRead) since = { at: now, read }
    else if (now - since.at >= patienceMs) {
      patienceMs = Math.min(patienceMs * 2, longestMs)
      since = { at: now, read }
      return true
    }
    return false
  }
}
