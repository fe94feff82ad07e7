/** Says of each drift since when it stands, by the report before. */
import type { Drift, Reconciliation } from '../../contracts/reconciliation.ts'
import type { FoundDrift } from './found-drift.ts'

/** `asOf`: of this look. */
export function dateDrifts(
  found: readonly FoundDrift[],
  before: Reconciliation | undefined,
  asOf: string,
): Drift[] {
  return found.map((drift) => ({
    ...drift,
    since: before?.drifts.find(({ what }) => what === drift.what)?.since ?? asOf,
  }))
}
