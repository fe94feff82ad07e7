/** How many polls there are in each state, among those that the rest of the filter finds. */
import { useEffect, useState } from 'react'
import type { Ask } from '../gateway/ask.ts'
import { graphql } from '../generated/index.ts'
import { filterOf, type AskedPolls } from './asked-polls.ts'
import type { PollState } from './poll-parts.ts'

const pollCounts = graphql(`
  query PollCounts(
    $draft: PollFilter
    $scheduled: PollFilter
    $open: PollFilter
    $closed: PollFilter
    $counting: PollFilter
    $certified: PollFilter
    $onAir: PollFilter
  ) {
    draft: polls(filter: $draft, first: 1) {
      total
    }
    scheduled: polls(filter: $scheduled, first: 1) {
      total
    }
    open: polls(filter: $open, first: 1) {
      total
    }
    closed: polls(filter: $closed, first: 1) {
      total
    }
    counting: polls(filter: $counting, first: 1) {
      total
    }
    certified: polls(filter: $certified, first: 1) {
      total
    }
    onAir: polls(filter: $onAir, first: 1) {
      total
    }
  }
`)

export interface PollCounts {
  readonly states: Readonly<Record<PollState, number>>
  /** Open polls in all, whatever the filter. */
  readonly onAir: number
}

// Many polls that change at once are counted once.
const restMs = 250

/** `frame` changes when the list has: only then can a count have changed. */
export function useCounts(ask: Ask, asked: AskedPolls, frame: number): PollCounts | null {
  const [counts, setCounts] = useState<PollCounts | null>(null)
  const { words, shelf } = asked
  useEffect(() => {
    if (frame === 0) return
    const left = new AbortController()
    const of = (state: PollState) => filterOf({ ...{ state, words, shelf }, after: null, page: 1 })
    const variables = {
      ...{ draft: of('draft'), scheduled: of('scheduled'), open: of('open') },
      ...{ closed: of('closed'), counting: of('counting'), certified: of('certified') },
      onAir: { state: 'open' as const },
    }
    const read = () =>
      ask(pollCounts, variables, left.signal).then(
        ({ onAir, ...states }) =>
          setCounts({
            onAir: onAir.total,
            states: {
              ...{ draft: states.draft.total, scheduled: states.scheduled.total, open: states.open.total },
              ...{ closed: states.closed.total, counting: states.counting.total },
              certified: states.certified.total,
            },
          }),
        // Without counts the states can still be chosen; the list says by itself that the line is down.
        () => undefined,
      )
    const timer = setTimeout(() => void read(), restMs)
    return () => {
      clearTimeout(timer)
      left.abort()
    }
  }, [ask, words, shelf, frame])
  return counts
}
