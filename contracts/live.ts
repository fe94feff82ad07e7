/** Keeps one stream alive: through lost lines, sleep, and tabs that nobody looks at; also where there are no tabs. */
import { backoffMs } from './backoff.ts'

export interface StreamSink<Frame> {
  readonly onFrame: (frame: Frame) => void
  /** The line gave a sign of life, be it only a ping. */
  readonly onSign: () => void
  /** The stream is over; `refusal` is the gateway's code if it was refused, else null. */
  readonly onEnd: (refusal: string | null) => void
}

/** How a stream stands. `since`: epoch ms on the device. */
export type Line =
  { readonly at: 'connecting' } | { readonly at: 'live' } | { readonly at: 'lost'; readonly since: number }

interface FollowParts<Frame> {
  readonly open: (sink: StreamSink<Frame>) => () => void
  readonly onFrame: (frame: Frame) => void
  readonly onLine: (line: Line) => void
  /** The gateway refused the stream; it is tried again all the same, more and more seldom. */
  readonly onRefused?: (refusal: string) => void
}

// A browser allows six connections to one origin: a hidden tab gives its own back after 5 s.
const hiddenMs = 5_000
// The gateway pings every 12 s at most; three missed pings are a dead line that nobody closed.
const silentMs = 40_000

const isInPage = typeof document !== 'undefined'
const isHidden = () => isInPage && document.visibilityState === 'hidden'

/** Follows until the returned function is called. */
export function follow<Frame>({ open, onFrame, onLine, onRefused }: FollowParts<Frame>): () => void {
  const listening = new AbortController()
  const { signal } = listening
  let close: (() => void) | null = null
  let line: Line = { at: 'connecting' }
  let tries = 0
  let again: ReturnType<typeof setTimeout> | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  let watching: ReturnType<typeof setTimeout> | undefined

  function tell(next: Line) {
    if (next.at === line.at) return
    line = next
    onLine(line)
  }

  function hangUp() {
    clearTimeout(again)
    clearTimeout(watching)
    close?.()
    close = null
  }

  function lose() {
    hangUp()
    tell({ at: 'lost', since: Date.now() })
    // Who was told may have stopped it.
    if (signal.aborted || isHidden()) return
    tries += 1
    again = setTimeout(connect, backoffMs(tries))
  }

  function watch() {
    clearTimeout(watching)
    watching = setTimeout(lose, silentMs)
  }

  function connect() {
    hangUp()
    watch()
    close = open({
      onFrame(frame) {
        tries = 0
        tell({ at: 'live' })
        onFrame(frame)
      },
      onSign: watch,
      onEnd(refusal) {
        if (refusal !== null) onRefused?.(refusal)
        lose()
      },
    })
  }

  function onVisibility() {
    clearTimeout(hiding)
    if (isHidden()) hiding = setTimeout(lose, hiddenMs)
    else if (close === null) wake()
  }

  function wake() {
    tries = 0
    connect()
  }

  // A page out of the back-forward cache or a laptop out of sleep holds a line that is dead but looks open.
  if (isInPage) {
    document.addEventListener('visibilitychange', onVisibility, { signal })
    window.addEventListener('pageshow', (event) => event.persisted && wake(), { signal })
    window.addEventListener('online', wake, { signal })
    window.addEventListener('offline', lose, { signal })
  }
  connect()

  return () => {
    listening.abort()
    clearTimeout(hiding)
    hangUp()
  }
}
