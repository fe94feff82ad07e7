/** Holds the lease of one shard for as long as the worker runs, and takes another where it was lost. */
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { Lease } from './shard-lease.slonik.ts'

// A third of the time that a lease lasts: two renewals may fail.
const renewEveryMs = 3_000

/** Every shard is another worker's: sixteen workers persist at a time, and a seventeenth must not sit on jobs. */
export class NoShardFree extends Error {
  constructor() {
    super('every shard is leased by another worker')
    this.name = 'NoShardFree'
  }
}

export interface KeptLease extends AsyncDisposable {
  /** The lease, taken anew where there is none. Throws NoShardFree, or what kept Postgres from answering. */
  readonly held: () => Promise<Lease>
  readonly lost: (lease: Lease) => void
}

/** `onHeld` is told of each lease that is taken, `onNone` when there is none to be had. */
export function keepLease(parts: {
  readonly take: () => Promise<Lease | null>
  readonly renew: (lease: Lease) => Promise<boolean>
  readonly giveUp: (lease: Lease) => Promise<void>
  readonly onHeld: () => void
  readonly onNone: () => void
  readonly log: Log
}): KeptLease {
  const { take, renew, giveUp, log } = parts
  let lease: Lease | null = null
  let taking: Promise<Lease> | null = null
  let isTold = false

  const lost = (gone: Lease) => {
    if (lease?.epoch === gone.epoch && lease.shard === gone.shard) lease = null
  }
  async function takeOne(): Promise<Lease> {
    const taken = await take()
    if (taken === null) {
      if (!isTold) log.warn('every shard is leased by another worker; standing by')
      isTold = true
      parts.onNone()
      throw new NoShardFree()
    }
    isTold = false
    log.info(taken, 'leased a shard')
    lease = taken
    parts.onHeld()
    return taken
  }
  async function held(): Promise<Lease> {
    if (lease !== null) return lease
    taking ??= takeOne().finally(() => {
      taking = null
    })
    return taking
  }

  const loop = repeat(
    renewEveryMs,
    async () => {
      const now = await held()
      if (await renew(now)) return
      log.warn(now, 'the lease of a shard was lost')
      lost(now)
      await held()
    },
    (error) => {
      if (!(error instanceof NoShardFree)) log.debug({ err: error }, 'could not renew the lease of a shard')
    },
  )
  return {
    held,
    lost,
    async [Symbol.asyncDispose]() {
      await loop.stop()
      if (lease !== null) await giveUp(lease).catch(() => undefined)
    },
  }
}
