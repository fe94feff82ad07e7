/** The tallies of polls that are not followed live: asked for once, and again while votes come in. */
import { useEffect, useState } from 'react'
import type { Ask } from '../gateway/ask.ts'
import { graphql } from '../generated/index.ts'
import type { PollParts } from './poll-parts.ts'
import type { TallyFrame } from './use-tally.ts'

const tallyOnce = graphql(`
  query TallyOnce($pollId: ID!) {
    tally(pollId: $pollId) {
      ...TallyParts
    }
  }
`)

/** `moment` changes when the pipeline has counted votes: only then can an open poll's total have changed. */
export function useAskedTallies(
  ask: Ask,
  polls: readonly PollParts[],
  moment: number,
): ReadonlyMap<string, TallyFrame> {
  const [tallies, setTallies] = useState<ReadonlyMap<string, TallyFrame>>(new Map())
  const wanted = polls.map(({ pollId, version }) => `${pollId}/${version}`).join(' ')
  const isMoving = polls.some(({ state }) => state === 'open')
  const again = isMoving ? moment : 0

  useEffect(() => {
    const left = new AbortController()
    async function read() {
      // One after the other: a list of a hundred polls may not take all connections.
      for (const key of wanted.split(' ').filter((one) => one !== '')) {
        const pollId = key.slice(0, key.indexOf('/'))
        const { tally } = await ask(tallyOnce, { pollId }, left.signal)
        if (tally !== null) setTallies((known) => new Map(known).set(pollId, tally))
      }
    }
    // A total that cannot be had is left out; the list says by itself that the line is down.
    read().catch(() => undefined)
    return () => left.abort()
  }, [ask, wanted, again])

  return tallies
}
