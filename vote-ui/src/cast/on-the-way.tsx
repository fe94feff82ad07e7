/** What a voter is told while the vote is under way: busy gateway, or no line at all. */
import type { Casting } from './casting.ts'

/** The region stands from the start, empty, so that what comes into it is read out. */
export function OnTheWay({ casting }: { casting: Casting }) {
  return (
    <div role="status" aria-live="polite" className="on-the-way">
      {casting.at === 'sending' && !casting.busy && <span className="unseen">Sending your vote.</span>}
      {casting.at === 'sending' && casting.busy && (
        <p className="notice notice-warn">
          <strong>Many are voting right now.</strong> Your vote is kept and sent again.
        </p>
      )}
      {casting.at === 'offline' && (
        <p className="notice notice-warn">
          <strong>No connection right now.</strong> Your vote is stored on this device and goes out by itself
          as soon as the line is back. It counts once, even if you reload.
        </p>
      )}
    </div>
  )
}
