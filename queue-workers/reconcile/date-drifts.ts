/** Says of each drift since when it stands, by the report before: what should heal and has not, no longer does. */
import type { Drift, Reconciliation } from '../../contracts/reconciliation.ts'
import type { FoundDrift } from './found-drift.ts'

// Each is put right within two looks; a look at many votes may be 30 s after the one before.
const healsWithinMs = 60_000

/** `asOf`: of this look. */
export function dateDrifts(
  found: readonly FoundDrift[],
  before: Reconciliation | undefined,
  asOf: string,
): Drift[] {
  return found.map((drift) => {
    const since = before?.drifts.find(({ what }) => what === drift.what)?.since ?? asOf
    const isStuck = drift.heals && Date.parse(asOf) - Date.parse(since) >= healsWithinMs
    return isStuck
      ? { ...drift, since, heals: false, says: `${drift.says} It has not healed by itself.` }
      : { ...drift, since }
  })
}
