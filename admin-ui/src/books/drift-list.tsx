/** Every number that is not what it should be: since when, and whether it heals by itself. */
import { forHowLong } from './judge-books.ts'
import type { Drift } from './use-books.ts'

export function DriftList({ drifts, nowMs }: { drifts: readonly Drift[]; nowMs: number }) {
  if (drifts.length === 0) return null
  return (
    <ul className="drifts" aria-label="What is off">
      {drifts.map((drift) => (
        <li
          key={`${drift.what} ${drift.since} ${drift.says}`}
          className={drift.heals ? 'mood-busy' : 'mood-stuck'}
        >
          <p>{drift.says}</p>
          <p className="drift-facts">
            <span className="figure">{forHowLong(drift, nowMs)}</span>
            <span>{drift.heals ? 'heals by itself' : 'does not heal by itself: look into it'}</span>
          </p>
        </li>
      ))}
    </ul>
  )
}
