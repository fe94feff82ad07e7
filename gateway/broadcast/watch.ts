/** One shared loop for each watched thing: every watcher of a key gets the same newest state, and no backlog. */

/** What a loop tells: its newest state, that it cannot be read for now, or that there is nothing more to watch. */
export interface Told<T> {
  readonly put: (value: T) => void
  readonly away: () => void
  readonly end: () => void
}

export interface Watches<T> {
  /** First value: the snapshot. Ends when `gone` fires, when the watcher returns, or when the thing ends. */
  readonly watch: (key: string, gone: AbortSignal) => AsyncIterableIterator<T, undefined>
  /** The newest that was seen of a key, also after its loop has closed. */
  readonly newest: (key: string) => T | null
  /** How many loops are open, and how many watch them. */
  readonly size: () => { readonly loops: number; readonly watchers: number }
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

interface Loop<T> {
  newest: T | null
  /** Grows with each newer value; a watcher that has seen this one waits. */
  seq: number
  ended: boolean
  readonly watchers: Set<() => void>
  lingering: NodeJS.Timeout | null
  close: () => Promise<void>
}

// Memory of what was last seen, for the hour in which nothing can be read: a tally is about 1 kB.
const mostKnown = 1_000

/**
 * `open` starts the loop of a key when its first watcher comes and answers how to close it; that happens `lingerMs`
 * after the last one left, so that a reload does not open it anew. What is not newer than what was seen is dropped.
 */
export function makeWatches<T>(parts: {
  readonly open: (key: string, told: Told<T>) => () => Promise<void> | void
  readonly isNewer: (value: T, than: T) => boolean
  readonly lingerMs: number
}): Watches<T> {
  const loops = new Map<string, Loop<T>>()
  const closing = new Set<Promise<void>>()
  const known = new Map<string, T>()

  function keep(key: string, value: T): void {
    known.delete(key)
    known.set(key, value)
    if (known.size > mostKnown) for (const oldest of known.keys()) return void known.delete(oldest)
  }

  function openLoop(key: string): Loop<T> {
    const loop: Loop<T> = {
      ...{ newest: null, seq: 0, ended: false, watchers: new Set(), lingering: null },
      close: async () => undefined,
    }
    const put = (value: T) => {
      if (loop.ended || (loop.newest !== null && !parts.isNewer(value, loop.newest))) return
      loop.newest = value
      loop.seq++
      keep(key, value)
      for (const wake of loop.watchers) wake()
    }
    loops.set(key, loop)
    const close = parts.open(key, {
      put,
      away() {
        const last = known.get(key)
        if (loop.newest === null && last !== undefined) put(last)
      },
      end() {
        known.delete(key)
        if (!loop.ended) void closeLoop(key, loop)
      },
    })
    loop.close = async () => close()
    // `open` itself may have found that there is nothing to watch.
    if (loop.ended) void loop.close()
    return loop
  }

  function closeLoop(key: string, loop: Loop<T>): Promise<void> {
    loop.ended = true
    if (loops.get(key) === loop) loops.delete(key)
    if (loop.lingering !== null) clearTimeout(loop.lingering)
    for (const wake of loop.watchers) wake()
    const closed = loop.close().finally(() => closing.delete(closed))
    closing.add(closed)
    return closed
  }

  function leave(key: string, loop: Loop<T>, wake: () => void): void {
    loop.watchers.delete(wake)
    if (loop.ended || loop.watchers.size > 0) return
    loop.lingering = setTimeout(() => void closeLoop(key, loop), parts.lingerMs)
  }

  function watch(key: string, gone: AbortSignal): AsyncIterableIterator<T, undefined> {
    const loop = loops.get(key) ?? openLoop(key)
    if (loop.lingering !== null) clearTimeout(loop.lingering)
    loop.lingering = null
    return watcher(loop, gone, (wake) => leave(key, loop, wake))
  }

  return {
    watch,
    newest: (key) => loops.get(key)?.newest ?? known.get(key) ?? null,
    size: () => ({
      loops: loops.size,
      watchers: [...loops.values()].reduce((sum, { watchers }) => sum + watchers.size, 0),
    }),
    async [Symbol.asyncDispose]() {
      for (const [key, loop] of loops) void closeLoop(key, loop)
      await Promise.all(closing)
    },
  }
}

/** One watcher: holds no value of its own, only the number of the one that it has seen. */
function watcher<T>(
  loop: Loop<T>,
  gone: AbortSignal,
  leave: (wake: () => void) => void,
): AsyncIterableIterator<T, undefined> {
  const asking: ((result: IteratorResult<T, undefined>) => void)[] = []
  let seen = 0
  let left = false

  function settle(): void {
    while (asking.length > 0) {
      const fresh = !left && loop.newest !== null && loop.seq > seen
      if (!fresh && !left && !loop.ended) return
      if (fresh) seen = loop.seq
      const value = loop.newest
      asking.shift()?.(fresh && value !== null ? { done: false, value } : { done: true, value: undefined })
    }
  }
  function stop(): void {
    if (left) return
    left = true
    gone.removeEventListener('abort', stop)
    leave(settle)
    settle()
  }

  loop.watchers.add(settle)
  if (gone.aborted) stop()
  else gone.addEventListener('abort', stop, { once: true })

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () =>
      new Promise((resolve) => {
        asking.push(resolve)
        settle()
      }),
    async return() {
      stop()
      return { done: true, value: undefined }
    },
  }
}
