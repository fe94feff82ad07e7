/** Keeps kafkajs 2.2.4 from looking for waiting requests a thousand times a second when none waits. */
import { createRequire } from 'node:module'

// With nothing to wait for, its queue of requests sets a timer into the past, which calls itself: one millisecond
// each, for each connection, as long as it stands. That was 5 % of a core, and a warning of Node's.
const method = 'scheduleCheckPendingRequests'

/** Changes the class for all its users; another version that has no such method is left as it is. */
export function calmKafkajs(): void {
  const queue: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue')
  const prototype: unknown = typeof queue === 'function' ? queue.prototype : null
  if (typeof prototype !== 'object' || prototype === null) return
  const schedule: unknown = Reflect.get(prototype, method)
  if (typeof schedule !== 'function' || schedule.name !== method) return
  const onlyIfNeeded = function (this: { readonly pending: readonly unknown[] }) {
    if (this.pending.length > 0) Reflect.apply(schedule, this, [])
  }
  Reflect.set(prototype, method, onlyIfNeeded)
}
