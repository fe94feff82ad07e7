/** Shows each bound of waiting votes beside what stands against it. */
import { Gauge, type Registry } from 'prom-client'
import type { RoomOnRedis } from './watch-room.redis.ts'

/** Memory is each process' own, and sums up; Redis is one, and each process sees the same of it. */
export function showBounds(
  registry: Registry,
  its: {
    readonly held: () => number
    readonly mostHeld: number
    readonly seen: RoomOnRedis['seen']
    readonly mostWaiting: number
  },
): void {
  const gauge = (name: string, help: string, aggregator: 'sum' | 'max', read: () => number) =>
    new Gauge({
      ...{ name, help, aggregator, registers: [registry] },
      collect() {
        this.set(read())
      },
    })
  gauge('urna_votes_held', 'Votes that this process holds before they are in a job.', 'sum', its.held)
  gauge('urna_votes_held_limit', 'At this many it refuses votes.', 'sum', () => its.mostHeld)
  gauge('urna_votes_waiting', 'Votes between door and Postgres.', 'max', () => its.seen().waiting)
  gauge('urna_votes_waiting_limit', 'At this many votes are refused.', 'max', () => its.mostWaiting)
  gauge('urna_redis_bytes', 'Memory that Redis uses.', 'max', () => its.seen().usedBytes)
  gauge(
    'urna_redis_bytes_limit',
    'The maxmemory of Redis, 0 = none; votes are refused at 95 % of it.',
    'max',
    () => its.seen().mostBytes,
  )
}
