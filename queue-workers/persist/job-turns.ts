/** When the jobs of settled groups are let go, and how many jobs a worker may hold: so that the queue is asked seldom. */

// Jobs that come within this time begin together, sooner where the queue says that there is no more.
const togetherWithinMs = 5

/**
 * A job that is let go takes its successor along, in one command to Redis; one that a worker waits for costs four. So
 * jobs that are done are let go in turns: together, a turn `pauseMs` after the last, or at once where `enough` votes
 * are done or it has been quiet. A turn's successors are what came in the meantime, and their work begins together.
 * And the worker holds no more jobs than the last turn had; more (twice as many) only where all found a successor.
 */
export function makeJobTurns(options: {
  readonly pauseMs: number
  readonly enough: number
  readonly mostJobs: number
  readonly setSlots: (slots: number) => void
}): {
  /** Runs the work of a job and lets it go in its turn. */
  readonly take: (votes: number, work: () => Promise<void>) => Promise<void>
  /** To be told when the queue had no more. */
  readonly drained: () => void
} {
  const { pauseMs, enough, mostJobs, setSlots } = options
  let held = 0
  let slots = 1
  // Whether the queue had no more at some time since the last turn.
  let isDrained = false
  let done: (() => void)[] = []
  let votesDone = 0
  let lastTurnAt = -Infinity
  let turning: NodeJS.Timeout | NodeJS.Immediate | null = null
  let isTurningSoon = false
  let begin: (() => void)[] = []
  let beginning: NodeJS.Timeout | null = null

  function put(wanted: number): void {
    const now = Math.max(1, Math.min(wanted, mostJobs))
    if (now !== slots) setSlots((slots = now))
  }

  function turn(): void {
    turning = null
    isTurningSoon = false
    isDrained = false
    lastTurnAt = performance.now()
    const going = done
    done = []
    votesDone = 0
    put(held)
    for (const go of going) go()
  }

  function settled(votes: number): Promise<void> {
    votesDone += votes
    const waitMs = lastTurnAt + pauseMs - performance.now()
    const isFull = votesDone >= enough || done.length + 1 >= mostJobs
    if (turning === null || (isFull && !isTurningSoon)) {
      if (turning !== null) clearTimeout(turning as NodeJS.Timeout)
      isTurningSoon = isFull || waitMs <= 0
      // One turn of the loop: a group settles all its jobs in one tick.
      turning = isTurningSoon ? setImmediate(turn) : setTimeout(turn, waitMs)
    }
    return new Promise((resolve) => done.push(resolve))
  }

  function beginAll(): void {
    if (beginning !== null) clearTimeout(beginning)
    beginning = null
    const all = begin
    begin = []
    for (const go of all) go()
  }

  function together(): Promise<void> {
    const begun = new Promise<void>((resolve) => begin.push(resolve))
    if (held >= slots && !isDrained) put(2 * slots)
    if (held >= slots) beginAll()
    else beginning ??= setTimeout(beginAll, togetherWithinMs)
    return begun
  }

  return {
    async take(votes, work) {
      held++
      try {
        await together()
        await work()
        await settled(votes)
      } finally {
        held--
      }
    },
    drained() {
      isDrained = true
      put(held)
      beginAll()
    },
  }
}
