/** Every number that is not what it should be: since when, and whether it heals by itself. */
import { forHowLong, healingOf } from './judge-books.ts'
import type { Drift } from './use-books.ts'

export function DriftList({ drifts, nowMs }: { drifts: readonly Drift[]; nowMs: number }) {
  if (drifts.length === 0) return null
  return (
    <ul className="drifts" aria-label="What is off">
      {drifts.map((drift) => (
        <li
          key={`${drift.what} ${drift.since} ${drift.says}`}
          className={healingOf(drift, nowMs) === 'under way' ? 'mood-busy' : 'mood-stuck'}
        >
          <p>{drift.says}</p>
          <p className="drift-facts">
            <span className="figure">{forHowLong(drift, nowMs)}</span>
            <span>{words[healingOf(drift, nowMs)]}</span>
          </p>
        </li>
      ))}
    </ul>
  )
}

const words = {
  'under way': 'heals by itself',
  overdue: 'has not healed: look into it',
  never: 'does not heal by itself: look into it',
} as const
