/** What a voter is told beside the action: busy gateway, no line at all, the last vote in, or a limit reached. */
import type { VoteLimit } from '../../../contracts/poll.ts'
import type { Casting } from './casting.ts'
import { calmWait } from '../time/when.ts'
import { nextTime } from './rule-words.ts'
import type { Turn } from './turn.ts'

interface OnTheWayParts {
  readonly casting: Casting
  /** The last vote that was counted, where more may follow: its receipt in one word, and its option. */
  readonly last: { readonly key: string; readonly text: string } | null
  readonly turn: Turn
  readonly limit: VoteLimit | null
  readonly nowMs: number
}

/** The region stands from the start, empty, so that what comes into it is read out. */
export function OnTheWay({ casting, last, turn, limit, nowMs }: OnTheWayParts) {
  const atHand = casting.at === 'choosing' || casting.at === 'counted'
  return (
    <div role="status" aria-live="polite" className="on-the-way">
      {casting.at === 'sending' && casting.againAtMs === null && (
        <span className="unseen">Sending your vote.</span>
      )}
      {casting.at === 'sending' && casting.againAtMs !== null && (
        <p className="notice notice-warn">
          <strong>Very many are voting just now.</strong> Your vote is kept, and goes in by itself.{' '}
          {/* A clock is not read out each time it moves. */}
          <span role="timer" aria-live="off">
            We try again {calmWait(casting.againAtMs - nowMs)}.
          </span>
        </p>
      )}
      {casting.at === 'offline' && (
        <p className="notice notice-warn">
          <strong>No connection right now.</strong> Your vote is stored on this device and goes out by itself
          as soon as the line is back. It counts once, even if you reload.
        </p>
      )}
      {atHand && last !== null && (
        <p className="vote-in" key={last.key}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="m5.5 12.5 4.5 4.5L19 7" />
          </svg>
          <span>
            Your vote for <strong dir="auto">{last.text}</strong> is in.
            {turn.at === 'ready' && <span className="unseen"> You can vote again.</span>}
          </span>
        </p>
      )}
      {atHand && turn.at === 'waiting' && (
        <p className="unseen">
          You have used all your votes for now. The next is possible at {nextTime(limit, turn.untilMs, nowMs)}
          .
        </p>
      )}
    </div>
  )
}
