/** What the metrics say of all polls together: how far numbers are off, and for how long. */
import { Gauge, Histogram, type Registry } from 'prom-client'
import type { Reconciliation } from '../../contracts/reconciliation.ts'

export interface DriftMetrics {
  /** Told after each look of the newest report of each poll. */
  readonly told: (reports: Iterable<Reconciliation>, its: { readonly tookMs: number }) => void
  /** Another one reconciles. */
  readonly clear: () => void
}

export function makeDriftMetrics(registry: Registry): DriftMetrics {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })
  const votes = gauge('urna_drift_votes', 'By how many votes numbers that should agree do not.')
  const age = gauge(
    'urna_drift_age_seconds',
    'For how long the oldest drift has stood; 0 where there is none.',
  )
  const lost = gauge(
    'urna_lost_votes',
    'Votes that were accepted and are nowhere, in polls not yet certified.',
  )
  const look = new Histogram({
    name: 'urna_reconcile_look_seconds',
    help: 'How long a look at the books took.',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  })
  const gauges = [votes, age, lost]
  return {
    told(reports, { tookMs }) {
      const all = [...reports]
      const drifts = all.flatMap((report) => report.drifts)
      votes.set(drifts.reduce((sum, drift) => sum + Math.abs(drift.votes), 0))
      age.set(Math.max(0, ...drifts.map(({ since }) => (Date.now() - Date.parse(since)) / 1_000)))
      lost.set(all.reduce((sum, { books }) => sum + books.lost, 0))
      look.observe(tookMs / 1_000)
    },
    clear: () => gauges.forEach((one) => one.set(0)),
  }
}
