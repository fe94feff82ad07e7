/** The votes of a poll by the minute: asked for at first and after the tally grew, at most every 10 s. */
import { useEffect, useRef, useState } from 'react'
import type { Ask } from '../gateway/ask.ts'
import { graphql } from '../generated/index.ts'
import type { TimelineByMinuteQuery } from '../generated/graphql.ts'

const timelineByMinute = graphql(`
  query TimelineByMinute($pollId: ID!) {
    timeline(pollId: $pollId, bucket: MINUTE) {
      at
      total
    }
  }
`)

export type Timeline =
  | { readonly at: 'loading' }
  | { readonly at: 'failed' }
  | { readonly at: 'shown'; readonly minutes: TimelineByMinuteQuery['timeline'] }

// Minutes are read from Postgres: a screen that follows a fast poll asks six times a minute, not ten times a second.
const restMs = 10_000
// An empty chart beside the first votes would look broken.
const restWhileEmptyMs = 2_000

/** One poll for the life of the component. `version` is the tally's; null until it is known. */
export function useTimeline(ask: Ask, pollId: string, version: number | null): Timeline {
  const [timeline, setTimeline] = useState<Timeline>({ at: 'loading' })
  const wish = useRef<() => void>(() => undefined)

  useEffect(() => {
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let askedAt = -Infinity
    let isEmpty = true
    function read() {
      timer = undefined
      askedAt = performance.now()
      ask(timelineByMinute, { pollId }, left.signal)
        .then(({ timeline: minutes }) => {
          isEmpty = minutes.length === 0
          setTimeline({ at: 'shown', minutes })
        })
        .catch(() => {
          if (left.signal.aborted) return
          setTimeline((shown) => (shown.at === 'shown' ? shown : { at: 'failed' }))
        })
    }
    // Wishes that come while one waits are the same wish.
    wish.current = () => {
      const dueAt = askedAt + (isEmpty ? restWhileEmptyMs : restMs)
      timer ??= setTimeout(read, Math.max(0, dueAt - performance.now()))
    }
    return () => {
      clearTimeout(timer)
      left.abort()
    }
  }, [ask, pollId])

  // Waits for the tally's first frame, whose version says how far the minutes have to reach.
  useEffect(() => {
    if (version !== null) wish.current()
  }, [ask, pollId, version])

  return timeline
}
