/** The small line above a question: open, coming, or over, with the time that matters. */
import type { ServerClock } from '../connection/server-clock.ts'
import { useNow } from '../time/use-now.ts'
import { localTime, minutesAndSeconds, waitInWords } from '../time/when.ts'
import type { PollParts } from './poll-parts.ts'
import { pollPhase } from './poll-phase.ts'

const pills = { open: 'Open now', coming: 'Coming up', over: 'Closed' } as const
// Within the last hour the seconds are told.
const secondsFromMs = 60 * 60 * 1000

export function PollStatus({ poll, clock }: { poll: PollParts; clock: ServerClock }) {
  const nowMs = useNow(clock, 500)
  const phase = pollPhase(poll)
  const at = phase === 'coming' ? poll.opensAt : poll.closesAt
  return (
    <p className="poll-status">
      <span className={phase === 'open' ? 'pill pill-live' : 'pill'} role="status">
        {pills[phase]}
      </span>
      {poll.isRehearsal && <span className="pill pill-rehearsal">Rehearsal</span>}
      {poll.archivedAt !== null && <span className="pill">Archived</span>}
      {at !== null && (
        <span>
          {phase === 'open' && <Closing inMs={Date.parse(at) - nowMs} />}
          <time dateTime={at}>{localTime(Date.parse(at), nowMs)}</time>
        </span>
      )}
    </p>
  )
}

/** A timer is no status: nobody wants to hear every second of it. */
function Closing({ inMs }: { inMs: number }) {
  if (inMs <= 0) return 'Closing now · '
  if (inMs > secondsFromMs) return `Closes ${waitInWords(inMs)} · `
  return (
    <>
      Closes in{' '}
      <span role="timer" aria-label="Time until the poll closes" className="closing">
        {minutesAndSeconds(Math.ceil(inMs / 1000))}
      </span>{' '}
      ·{' '}
    </>
  )
}
