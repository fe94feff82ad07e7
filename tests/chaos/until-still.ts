/** Waits by state: until it is so, or nothing has moved for a minute. */
import { rest } from '../../runtime/rest.ts'

// As long as anything moves it is waited for; this long without any movement is the end.
const stillForMs = 60_000
const endsWithinMs = 600_000

/** Resolves with what was seen last, null where nothing could be seen; a look that fails is tried again. */
export async function untilStill<T>(its: {
  readonly look: () => Promise<T>
  readonly isSo: (seen: T) => boolean
  readonly signal: AbortSignal
}): Promise<T | null> {
  const until = Date.now() + endsWithinMs
  let seen: T | null = null
  let last = ''
  let movedAt = Date.now()
  while (Date.now() < until && Date.now() - movedAt < stillForMs) {
    its.signal.throwIfAborted()
    await rest(500)
    try {
      seen = await its.look()
      if (its.isSo(seen)) return seen
      const now = JSON.stringify(seen)
      if (now !== last) movedAt = Date.now()
      last = now
    } catch {
      // something is not up again yet
    }
  }
  return seen
}
