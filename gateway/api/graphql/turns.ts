/** Divides long work into turns of the event loop, so that a vote never waits for 15,000 screens. */

/** Does at most `most` steps; answers how many it did and whether it is done. */
export interface Work {
  readonly step: (most: number) => number
  readonly isDone: () => boolean
}

export interface Turns {
  /** Has the work stepped on until it is done; works that wait have their turns one after the other. */
  readonly run: (work: Work) => void
}

// A write takes 6 to 18 us: about 2 ms of them, then whatever else has arrived.
const stepsInATurn = 128

export function makeTurns(steps = stepsInATurn): Turns {
  const waiting = new Set<Work>()
  let due = false

  function turn(): void {
    due = false
    let left = steps
    for (const work of waiting) {
      left -= work.step(left)
      // To the end: an audience to which frames come faster than they can be written does not hold up the others.
      waiting.delete(work)
      if (!work.isDone()) waiting.add(work)
      if (left <= 0) break
    }
    if (waiting.size > 0) plan()
  }
  function plan(): void {
    if (due) return
    due = true
    setImmediate(turn)
  }

  return {
    run(work) {
      waiting.add(work)
      plan()
    },
  }
}
