/** The small line above a question: open, coming, or over, with the time that matters. */
import type { ServerClock } from '../connection/server-clock.ts'
import { useNow } from '../time/use-now.ts'
import { localTime, waitInWords } from '../time/when.ts'
import type { PollParts } from './poll-parts.ts'
import { pollPhase } from './poll-phase.ts'

export function PollStatus({ poll, clock }: { poll: PollParts; clock: ServerClock }) {
  const nowMs = useNow(clock, 5_000)
  const { opensAt, closesAt } = poll
  switch (pollPhase(poll)) {
    case 'open':
      return (
        <p className="poll-status" role="status">
          <span className="pill pill-live">Open now</span>
          {closesAt !== null && (
            <span>
              Closes {waitInWords(Date.parse(closesAt) - nowMs)} ·{' '}
              <time dateTime={closesAt}>{localTime(Date.parse(closesAt), nowMs)}</time>
            </span>
          )}
        </p>
      )
    case 'coming':
      return (
        <p className="poll-status" role="status">
          <span className="pill">Coming up</span>
          {opensAt !== null && <time dateTime={opensAt}>{localTime(Date.parse(opensAt), nowMs)}</time>}
        </p>
      )
    case 'over':
      return (
        <p className="poll-status" role="status">
          <span className="pill">Closed</span>
          {closesAt !== null && <time dateTime={closesAt}>{localTime(Date.parse(closesAt), nowMs)}</time>}
        </p>
      )
  }
}
