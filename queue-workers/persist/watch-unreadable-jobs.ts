/** Shows how many unreadable jobs are kept: until a person has looked at each and removed its row, it alarms. */
import { Gauge, type Registry } from 'prom-client'

/** While Postgres is away the last number stands: a page of metrics must not fail for one of them. */
export function watchUnreadableJobs(read: () => Promise<number>, registry: Registry): void {
  let last = 0
  new Gauge({
    name: 'urna_unreadable_jobs',
    help: 'Jobs that were no batch and are kept in unreadable_jobs. Each is a loss to look into.',
    registers: [registry],
    async collect() {
      last = await read().catch(() => last)
      this.set(last)
    },
  })
}
