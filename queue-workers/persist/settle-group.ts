/** Takes a gathered group of batches the whole way: one transaction, then the tallies, tried until it is done. */
import { backoffMs } from '../../contracts/backoff.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import type { Log } from '../../runtime/log.ts'
import { rest } from '../../runtime/rest.ts'
import type { Persisted } from './persist-batches.slonik.ts'
import type { ReceivedBatch } from './received-batch.ts'
import { NoShardFree } from './keep-lease.ts'
import { LeaseLost, type Lease } from './shard-lease.slonik.ts'

const whileAwayMs = { first: 50, longest: 2_000 }

/** What a batch hears: stored, or the fault for which it cannot be. */
export type Settled = { readonly stored: true } | { readonly stored: false; readonly fault: unknown }

/**
 * A dependency that is away is waited for, with the jobs' locks renewed meanwhile; that is no fault of theirs. Where
 * neither a dependency nor a vote is to blame (a table that is being changed, a bug), each batch goes alone, so that
 * the rest is counted, and those that cannot be stored now go back to the queue. Nothing is rejected for it.
 */
export function makeSettleGroup(parts: {
  readonly lease: { held: () => Promise<Lease>; lost: (lease: Lease) => void }
  readonly persist: (batches: readonly ReceivedBatch[], lease: Lease) => Promise<Persisted>
  /** Whether the next try may do: a dependency is away, or a race was lost. */
  readonly isPassing: (error: unknown) => boolean
  /** Brings what was persisted to Redis; rejects while Redis is away. */
  readonly tell: (persisted: Persisted) => Promise<void>
  readonly signal: AbortSignal
  readonly log: Log
  readonly onPersisted: (persisted: Persisted, batches: number) => void
  /** Told of batches that go back to the queue. */
  readonly onSentBack: (batches: number) => void
}): (batches: readonly ReceivedBatch[]) => Promise<Settled[]> {
  const { lease, persist, isPassing, tell, signal, log } = parts

  async function persistUntilDone(batches: readonly ReceivedBatch[]): Promise<Persisted> {
    for (let tries = 1; ; tries++) {
      let held: Lease | null = null
      try {
        held = await lease.held()
        return await persist(batches, held)
      } catch (error) {
        if (!isPassing(error) || signal.aborted) throw error
        if (error instanceof LeaseLost && held !== null) lease.lost(held)
        log.warn({ err: error, tries, batches: batches.length }, 'could not persist; trying again')
        await rest(backoffMs(tries, whileAwayMs), signal)
      }
    }
  }

  async function tellUntilDone(persisted: Persisted): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await tell(persisted)
        crashPoint('tally.written')
        return
      } catch (error) {
        // At the end one try is enough: the next worker rewrites every tally when it starts.
        if (signal.aborted) return
        log.warn({ err: error, tries }, 'could not bring counts to Redis; trying again')
        await rest(backoffMs(tries, whileAwayMs), signal)
      }
    }
  }

  async function settle(batches: readonly ReceivedBatch[]): Promise<Settled[]> {
    let persisted: Persisted
    try {
      persisted = await persistUntilDone(batches)
    } catch (fault) {
      // Without a shard nothing of this is the batches' fault: they go back for other workers to take.
      const isOurs = signal.aborted || fault instanceof NoShardFree
      if (isOurs || batches.length === 1) {
        if (!isOurs) log.error({ err: fault, batchId: batches[0]?.batchId }, 'a batch cannot be stored now')
        parts.onSentBack(batches.length)
        return batches.map(() => ({ stored: false, fault }))
      }
      log.error({ err: fault, batches: batches.length }, 'a group cannot be stored; its batches go alone')
      const alone: Settled[] = []
      for (const batch of batches) alone.push(...(await settle([batch])))
      return alone
    }
    parts.onPersisted(persisted, batches.length)
    await tellUntilDone(persisted)
    return batches.map(() => ({ stored: true }))
  }
  return settle
}
