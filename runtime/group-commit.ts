/** Group commit: what arrives while one group is under way forms the next; no wait when it is quiet. */

interface Held<Item, Result> {
  readonly item: Item
  readonly weight: number
  /** When it came, in ms of the process' own clock. */
  readonly since: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes the function that adds an item to the next group and answers with that item's own result.
 * commit is handed at least one item, never runs twice at a time, and answers one result for each item in order;
 * what it throws rejects every item of its group. A group holds at most `most` by the sum of `weigh` (an item
 * heavier than that goes alone). `drained` resolves when nothing is held or under way.
 *
 * `pace`: a group has its price, so the next one begins `pauseMs` after the last began, or as soon as `enough` has
 * come together. What comes after a quiet time begins at once.
 *
 * `late`: an item that has no answer `withinMs` after it came gets this one; if it is in no group yet it is
 * dropped, else what becomes of it is not told.
 */
export function makeGroupCommit<Item, Result>(options: {
  readonly most: number
  readonly weigh?: (item: Item) => number
  readonly pace?: { readonly enough: number; readonly pauseMs: number }
  readonly late?: { readonly withinMs: number; readonly answer: () => Result }
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>
}): {
  readonly add: (item: Item) => Promise<Result>
  readonly held: () => number
  readonly drained: () => Promise<void>
} {
  const weigh = options.weigh ?? (() => 1)
  const { pace, late } = options
  let waiting: Held<Item, Result>[] = []
  let weight = 0
  let underWay: readonly Held<Item, Result>[] = []
  let beganAt = -Infinity
  let running = false
  let enough: (() => void) | null = null
  let looking: NodeJS.Timeout | null = null
  let onDrained: (() => void)[] = []

  function takeGroup(): Held<Item, Result>[] {
    let taken = 0
    let end = 0
    for (const held of waiting) {
      if (end > 0 && taken + held.weight > options.most) break
      taken += held.weight
      end++
    }
    const group = end === waiting.length ? waiting : waiting.slice(0, end)
    waiting = end === waiting.length ? [] : waiting.slice(end)
    weight -= taken
    return group
  }

  /** One turn of the loop lets all calls of this tick join the group; the pace may hold it longer. */
  function gather(): Promise<void> {
    const pauseMs = pace === undefined ? 0 : beganAt + pace.pauseMs - performance.now()
    if (pauseMs <= 0 || pace === undefined || weight >= pace.enough)
      return new Promise((resolve) => setImmediate(resolve))
    return new Promise((resolve) => {
      const timer = setTimeout(begin, pauseMs)
      enough = begin
      function begin() {
        clearTimeout(timer)
        enough = null
        resolve()
      }
    })
  }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      await gather()
      if (waiting.length === 0) break
      beganAt = performance.now()
      const group = takeGroup()
      underWay = group
      try {
        const results = await options.commit(group.map(({ item }) => item))
        if (results.length !== group.length) {
          throw new Error(`a group of ${group.length} was answered with ${results.length} results`)
        }
        for (let i = 0; i < group.length; i++) group[i]?.resolve(results[i] as Result)
      } catch (error) {
        for (const held of group) held.reject(error)
      }
      underWay = []
    }
    running = false
    for (const resolve of onDrained) resolve()
    onDrained = []
  }

  /** Looks at the oldest: one timer for all. */
  function lookForLate(): void {
    looking = null
    if (late === undefined) return
    const before = performance.now() - late.withinMs
    const answerLate = (held: Held<Item, Result>) => held.since <= before && held.resolve(late.answer())
    underWay.forEach(answerLate)
    const kept = waiting.findIndex(({ since }) => since > before)
    const dropped = kept < 0 ? waiting : waiting.slice(0, kept)
    waiting = kept < 0 ? [] : waiting.slice(kept)
    for (const held of dropped) {
      weight -= held.weight
      answerLate(held)
    }
    look()
  }

  function look(): void {
    if (late === undefined || looking !== null || (waiting.length === 0 && underWay.length === 0)) return
    looking = setTimeout(lookForLate, Math.ceil(late.withinMs / 10)).unref()
  }

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        const held = { item, weight: weigh(item), since: performance.now(), resolve, reject }
        waiting.push(held)
        weight += held.weight
        look()
        if (!running) void run()
        else if (enough !== null && pace !== undefined && weight >= pace.enough) enough()
      }),
    held: () => waiting.length + underWay.length,
    drained: () => (running ? new Promise((resolve) => onDrained.push(resolve)) : Promise.resolve()),
  }
}
