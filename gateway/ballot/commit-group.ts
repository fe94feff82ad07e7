/** Takes one group of votes the whole way: into the queue by one atomic write, repeated until it is clear. */
import { v7 as uuidv7 } from 'uuid'
import { backoffMs } from '../../contracts/backoff.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { rest } from '../../runtime/rest.ts'
import type { CompleteReceipts } from '../receipts/complete-receipts.ts'
import type { RunState } from '../memory/mirror-runs.slonik.ts'
import type { Admit } from './admit.bullmq.ts'
import { MemoryChanged, RedisFull, type GroupAnswer, type GroupVote } from './judged-vote.ts'

// Voters wait for this.
const whileUnclearMs = { first: 20, longest: 500 }

// By then they are told to send their votes again, and what they were told must not be overtaken.
const unclearForMs = 9_000

/** The memory that the gateway believes in; null while none is fit to vote in. */
export interface KnownMemory {
  readonly known: () => { readonly epoch: string; readonly lowestBeat: number; readonly run: string } | null
  /** Tells that Redis held another memory. */
  readonly doubt: () => void
}

/**
 * Answers one GroupAnswer for each vote. A run numbers its batches without gaps, so it goes with the memory: a new
 * memory is a new run. Where an answer is lost, the group is judged again: a vote that the first try admitted is
 * remembered, and hears where it lies. Throws at once while Redis is away (nothing was sent then) or full (nothing was
 * written); and after 9 s where it is still unclear: the voters send their votes again.
 */
export function makeCommitGroup(parts: {
  readonly memory: KnownMemory
  readonly admit: Admit
  readonly redisIsThere: () => boolean
  /** Signs what was admitted. */
  readonly complete: CompleteReceipts
  /** Told of each batch that stands in the queue, with its size. */
  readonly onBatch: (state: RunState, size: number) => void
  /** Told of each try that was left without an answer. */
  readonly onUnclear: (error: unknown) => void
}): (votes: readonly GroupVote[]) => Promise<readonly GroupAnswer[]> {
  const { memory, admit } = parts
  let run = { id: '', accepted: 0 }

  return async (votes) => {
    if (!parts.redisIsThere()) throw new Error('Redis is away')
    const until = Date.now() + unclearForMs
    for (let tries = 1; ; tries++) {
      const known = memory.known()
      if (known === null) return votes.map(() => ({ is: 'again', because: 'memory-changed' }))
      if (run.id !== known.run) run = { id: known.run, accepted: 0 }
      try {
        const batchId = uuidv7()
        const judged = await admit(batchId, votes, { ...known, accepted: run.accepted })
        crashPoint('ballot.enqueued')
        if (judged.accepted > run.accepted) {
          run = { id: known.run, accepted: judged.accepted }
          const { seq, accepted, polls } = judged
          parts.onBatch({ run: run.id, seq, accepted, polls }, judged.admitted.length)
        }
        return parts.complete(batchId, votes, judged)
      } catch (error) {
        if (error instanceof MemoryChanged) {
          memory.doubt()
          return votes.map(() => ({ is: 'again', because: 'memory-changed' }))
        }
        if (Date.now() >= until || error instanceof RedisFull) throw error
        parts.onUnclear(error)
        await rest(backoffMs(tries, whileUnclearMs))
      }
    }
  }
}
