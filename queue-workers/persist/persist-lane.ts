/** Takes the batches of one lane: under the lease of one of its shards, one transaction at a time. */
import type { Redis } from 'ioredis'
import type { DatabasePool } from 'slonik'
import { gatherBatches, type Gathering } from './gather-batches.bullmq.ts'
import { keepLease } from './keep-lease.ts'
import { makeSettleGroup } from './settle-group.ts'
import { giveUpLease, renewLease, takeLease } from './shard-lease.slonik.ts'

export interface LaneGround extends Omit<Parameters<typeof makeSettleGroup>[0], 'lease'> {
  readonly lane: number
  readonly hashTags: number
  readonly pool: DatabasePool
  readonly workerId: string
  readonly queueConnection: Redis
  readonly setAside: Parameters<typeof gatherBatches>[0]['setAside']
}

/** `begun` resolves when it takes batches, or stands by because no shard is free. */
export function persistLane(ground: LaneGround): { readonly begun: Promise<void> } & AsyncDisposable {
  const { lane, hashTags, pool, workerId, log } = ground
  // The lease and the worker need each other: it gathers only while a shard is held.
  const gathering: { current: Gathering | null } = { current: null }
  const lease = keepLease({
    take: () => takeLease(pool, workerId, { lane, hashTags }),
    renew: (held) => renewLease(pool, held),
    giveUp: (held) => giveUpLease(pool, held),
    onHeld: () => gathering.current?.go(),
    onNone: () => gathering.current?.rest(),
    log,
  })
  const settle = makeSettleGroup({ ...ground, lease })

  async function begin(): Promise<void> {
    const { queueConnection: connection, setAside } = ground
    gathering.current = await gatherBatches({ connection, lane, settle, setAside, log })
    await lease.held().then(
      () => gathering.current?.go(),
      (error: unknown) => log.warn({ err: error }, 'no shard for now; it is taken as soon as one is free'),
    )
  }
  const begun = begin()
  begun.catch((error: unknown) => log.error({ err: error }, 'a lane cannot be persisted'))
  return {
    begun,
    async [Symbol.asyncDispose]() {
      // What has not begun yet waits for a node that is away: it holds nothing.
      await gathering.current?.[Symbol.asyncDispose]()
      await lease[Symbol.asyncDispose]()
    },
  }
}
