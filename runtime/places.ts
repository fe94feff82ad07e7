/** Lets so many in at a time; who would have to wait too long, or behind too many, is turned away. */

export interface Places {
  /** Null: turned away, and nothing was begun. */
  readonly enter: <T>(work: () => Promise<T>) => Promise<T | null>
}

/** The longest waiting goes first. */
export function makePlaces(its: {
  readonly most: number
  readonly mostWaiting: number
  readonly waitsForMs: number
}): Places {
  let inside = 0
  const waiting = new Set<(isIn: boolean) => void>()

  const placeInTime = () =>
    new Promise<boolean>((resolve) => {
      if (waiting.size >= its.mostWaiting) return resolve(false)
      const timer = setTimeout(() => settle(false), its.waitsForMs)
      const settle = (isIn: boolean) => {
        clearTimeout(timer)
        waiting.delete(settle)
        resolve(isIn)
      }
      waiting.add(settle)
    })

  function leave() {
    // The place is handed on: nobody who comes now is before those who wait.
    for (const next of waiting) return next(true)
    inside--
  }

  return {
    async enter(work) {
      if (inside < its.most) inside++
      else if (!(await placeInTime())) return null
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
