/** Says which polls are due for a look, and which together: looking takes at most about a twentieth of a core. */

const lookEveryMs = 1_000
const restingEveryMs = 60_000
// To count a row costs Postgres about 0.15 us of CPU. A poll of a few is looked at every time.
const fewRows = 10_000
// 20 times that: a million rows are counted every 3 s, ten million every 30 s.
const msPerRow = 0.003
// A snapshot is held for about a sixth of a second: what Postgres may not clean up meanwhile stays little.
const rowsTogether = 1_000_000
// Of a poll that was never looked at.
const unknownRows = 100_000

export interface PacedPoll {
  readonly pollNo: number
  readonly isLive: boolean
}

export interface Pace<P extends PacedPoll> {
  readonly due: (polls: readonly P[], now: number) => readonly P[]
  /**
   * The same in groups, each for a look of its own: about a million rows, or one poll. Those that can be looked at come
   * before those that failed, of which each next group is half of the last, until the one that fails is alone.
   */
  readonly groups: (polls: readonly P[]) => readonly (readonly P[])[]
  /** `rows`: how many were counted for the poll. */
  readonly looked: (poll: P, rows: number, now: number) => void
  /** `tookMs`: how long the look at them went on before it failed. */
  readonly failed: (polls: readonly P[], tookMs: number, now: number) => void
}

/** Times are of a clock that only goes forward. */
export function makePace<P extends PacedPoll>(): Pace<P> {
  const last = new Map<number, { readonly at: number; readonly rows: number }>()
  const notBefore = new Map<number, number>()
  // Of polls whose last look failed: how many at most are looked at together.
  const mostTogether = new Map<number, number>()
  return {
    due(polls, now) {
      const standing = new Set(polls.map(({ pollNo }) => pollNo))
      for (const pollNo of last.keys()) if (!standing.has(pollNo)) last.delete(pollNo)
      for (const pollNo of notBefore.keys()) if (!standing.has(pollNo)) notBefore.delete(pollNo)
      for (const pollNo of mostTogether.keys()) if (!standing.has(pollNo)) mostTogether.delete(pollNo)
      const live = polls.filter(({ isLive }) => isLive)
      const rows = live.reduce((sum, { pollNo }) => sum + (last.get(pollNo)?.rows ?? 0), 0)
      return polls.filter(({ pollNo, isLive }) => {
        if (now < (notBefore.get(pollNo) ?? 0)) return false
        const its = last.get(pollNo)
        if (its === undefined) return true
        const base = isLive ? lookEveryMs : restingEveryMs
        const everyMs = its.rows <= fewRows ? base : Math.max(base, rows * msPerRow, its.rows * msPerRow)
        // What is due within this round is not left for the next.
        return now - its.at >= everyMs - lookEveryMs / 2
      })
    },
    groups(polls) {
      const mostWith = ({ pollNo }: P) => mostTogether.get(pollNo) ?? Infinity
      const groups: P[][] = []
      let rows = 0
      for (const poll of polls.toSorted((a, b) => Math.sign(mostWith(b) - mostWith(a)) || 0)) {
        const its = last.get(poll.pollNo)?.rows ?? unknownRows
        const group = groups.at(-1)
        const [first] = group ?? []
        const fits = first !== undefined && mostWith(first) === mostWith(poll) && rows + its <= rowsTogether
        if (group === undefined || !fits || group.length >= mostWith(poll)) {
          groups.push([poll])
          rows = its
        } else {
          group.push(poll)
          rows += its
        }
      }
      return groups
    },
    looked({ pollNo }, rows, at) {
      last.set(pollNo, { at, rows })
      mostTogether.delete(pollNo)
    },
    failed(polls, tookMs, now) {
      const most = Math.max(1, polls.length >> 1)
      for (const { pollNo } of polls) {
        mostTogether.set(pollNo, most)
        // As long again: it takes half of the time at most, and is not long blind once what failed is back.
        notBefore.set(pollNo, now + tookMs)
      }
    },
  }
}
