/** A fetch that tells whether the gateway was heard, and that does not wait for ever. */
import type { ServerClock } from './server-clock.ts'

interface HeardFetchParts {
  readonly clock: ServerClock
  /** Any answer came, whatever it says. */
  readonly onAnswer: () => void
  /** No answer came. */
  readonly onSilence: () => void
  readonly fetch?: typeof fetch
  readonly answerWithinMs?: number
}

/** RequestInit as tRPC means it, which may say that there is no signal. */
type Request = Omit<RequestInit, 'signal'> & { readonly signal?: AbortSignal | null | undefined }

// The door answers within 1 s or says 503: 15 s of silence is a dead line.
const silenceMs = 15_000

export function makeHeardFetch(parts: HeardFetchParts) {
  const { clock, onAnswer, onSilence, answerWithinMs = silenceMs } = parts
  return async (input: RequestInfo | URL, init: Request = {}): Promise<Response> => {
    const abort = new AbortController()
    const caller = init.signal
    const stop = () => abort.abort(caller?.reason)
    if (caller?.aborted) stop()
    caller?.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(() => abort.abort(new Error('no answer in time')), answerWithinMs)
    const sentAt = Date.now()
    try {
      const response = await (parts.fetch ?? fetch)(input, { ...init, signal: abort.signal })
      clock.learn(response.headers.get('date'), sentAt, Date.now())
      onAnswer()
      return response
    } catch (error) {
      if (caller?.aborted !== true) onSilence()
      throw error
    } finally {
      clearTimeout(timer)
      caller?.removeEventListener('abort', stop)
    }
  }
}
