/** A countdown to an instant, in tiles. */
import type { ServerClock } from '../connection/server-clock.ts'
import { useNow } from './use-now.ts'
import { countdown } from './when.ts'

export function Countdown({ toMs, clock }: { toMs: number; clock: ServerClock }) {
  const parts = countdown(toMs - useNow(clock, 250))
  return (
    <div className="countdown" role="timer" aria-label="Time until the poll opens">
      {parts.map(({ unit, value }) => (
        <span className="countdown-part" key={unit}>
          <span className="countdown-value">{value}</span> <span className="countdown-unit">{unit}</span>
        </span>
      ))}
    </div>
  )
}
