/** Repeats many works at the same moments, so that what they ask of a store can leave together. */

export interface Rhythm {
  /**
   * Runs `work` now and then at every beat, unless it still runs; a failed run is told, and tried again at the next.
   * `wake` has it run at once, or once more when it runs already. `stop` waits for the run under way.
   */
  readonly join: (
    work: (stopping: AbortSignal) => Promise<void>,
    onFault: (error: unknown) => void,
  ) => { readonly wake: () => void; readonly stop: () => Promise<void> }
}

export function makeRhythm(everyMs: number): Rhythm {
  const works = new Set<() => void>()
  let timer: NodeJS.Timeout | null = null

  function start(run: () => void): void {
    works.add(run)
    timer ??= setInterval(() => works.forEach((each) => each()), everyMs)
  }
  function leave(run: () => void): void {
    works.delete(run)
    if (works.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }

  return {
    join(work, onFault) {
      const stopping = new AbortController()
      let running: Promise<void> | null = null
      let onceMore = false
      const run = async () => {
        do {
          onceMore = false
          try {
            await work(stopping.signal)
          } catch (error) {
            onFault(error)
            onceMore = false
          }
        } while (onceMore && !stopping.signal.aborted)
        running = null
      }
      const beat = () => void (running ??= run())
      // The beat of a first work counts from its end: a read that waited is not repeated at once.
      running = run().then(() => {
        if (!stopping.signal.aborted) start(beat)
      })
      return {
        wake() {
          if (running !== null) onceMore = true
          else if (!stopping.signal.aborted) beat()
        },
        async stop() {
          leave(beat)
          stopping.abort()
          await running
        },
      }
    },
  }
}
