/** Group commit: what arrives while one group is under way forms the next; no timer, no wait when it is quiet. */

/**
 * Makes the function that adds an item to the next group and answers with that item's own result.
 * commit is handed at least one item, never runs twice at a time, and answers one result for each item in order;
 * what it throws rejects every item of its group. A group holds at most `most` by the sum of `weigh` (an item
 * heavier than that goes alone). `drained` resolves when nothing is held or under way.
 */
export function makeGroupCommit<Item, Result>(options: {
  readonly most: number
  readonly weigh?: (item: Item) => number
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>
}): {
  readonly add: (item: Item) => Promise<Result>
  readonly held: () => number
  readonly drained: () => Promise<void>
} {
  interface Held {
    readonly item: Item
    readonly weight: number
    readonly resolve: (result: Result) => void
    readonly reject: (error: unknown) => void
  }
  const weigh = options.weigh ?? (() => 1)
  let waiting: Held[] = []
  let underWay = 0
  let running = false
  let onDrained: (() => void)[] = []

  function takeGroup(): Held[] {
    let weight = 0
    let end = 0
    for (const held of waiting) {
      if (end > 0 && weight + held.weight > options.most) break
      weight += held.weight
      end++
    }
    const group = waiting.slice(0, end)
    waiting = end === waiting.length ? [] : waiting.slice(end)
    return group
  }

  async function run(): Promise<void> {
    running = true
    // One turn of the loop lets all calls of this tick join the first group.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const group = takeGroup()
      underWay = group.length
      try {
        const results = await options.commit(group.map(({ item }) => item))
        if (results.length !== group.length) {
          throw new Error(`a group of ${group.length} was answered with ${results.length} results`)
        }
        group.forEach((held, i) => held.resolve(results[i] as Result))
      } catch (error) {
        for (const held of group) held.reject(error)
      }
      underWay = 0
    }
    running = false
    for (const resolve of onDrained) resolve()
    onDrained = []
  }

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        waiting.push({ item, weight: weigh(item), resolve, reject })
        if (!running) void run()
      }),
    held: () => waiting.length + underWay,
    drained: () => (running ? new Promise((resolve) => onDrained.push(resolve)) : Promise.resolve()),
  }
}
