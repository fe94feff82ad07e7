/** Says that the line is down and since when, while the page goes on showing what it knew. */
import { exactTime } from '../time/when.ts'
import type { Line } from '../../../contracts/live.ts'

/** It waits a moment before it shows (css), so that a short hiccup disturbs nobody. */
export function LineNotice({ line, knows }: { line: Line; knows: string }) {
  return (
    <div role="status" aria-live="polite">
      {line.at === 'lost' && (
        <p className="line-notice">
          <span className="line-notice-dot" aria-hidden="true" />
          Reconnecting… {knows} {exactTime(line.since)}.
        </p>
      )}
    </div>
  )
}
