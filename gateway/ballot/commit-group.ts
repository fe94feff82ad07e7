/** Takes one group of votes the whole way: judged by one script, and the admitted put into one job. */
import { v7 as uuidv7 } from 'uuid'
import type { Batch } from '../../contracts/batch.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { MemoryChanged, type GroupAnswer, type GroupVote, type Verdict } from './judged-vote.ts'
import type { Ground } from './admit.redis.ts'
import type { RunState } from '../memory/mirror-runs.slonik.ts'
import type { Enqueuer } from './enqueue.bullmq.ts'

/** The memory that the gateway believes in; null while none is fit to vote in. */
export interface KnownMemory {
  readonly known: () => { readonly epoch: string; readonly lowestBeat: number; readonly run: string } | null
  /** Tells that Redis held another memory. */
  readonly doubt: () => void
}

/**
 * Answers one GroupAnswer for each vote. A run numbers its batches without gaps, so it goes with the memory: a new
 * memory is a new run. What throws leaves the votes unclear: their voters send them again.
 */
export function makeCommitGroup(parts: {
  readonly memory: KnownMemory
  readonly admit: (votes: readonly GroupVote[], ground: Ground) => Promise<Verdict[]>
  readonly enqueuer: Pick<Enqueuer, 'watchMemory' | 'enqueue'>
  /** Told of each batch that stands in the queue, with its size. */
  readonly onBatch: (state: RunState, size: number) => void
}): (votes: readonly GroupVote[]) => Promise<GroupAnswer[]> {
  const { memory, admit, enqueuer } = parts
  let run = { id: '', seq: 0, accepted: 0 }

  return async (votes) => {
    const known = memory.known()
    if (known === null) return votes.map(() => ({ is: 'again', because: 'memory-changed' }))
    if (run.id !== known.run) run = { id: known.run, seq: 0, accepted: 0 }
    const ground = { ...known, accepted: run.accepted }

    let verdicts: Verdict[]
    const batchId = uuidv7()
    const position = new Map<number, number>()
    try {
      ;[, verdicts] = await Promise.all([enqueuer.watchMemory(), admit(votes, ground)])
      crashPoint('ballot.judged')

      const admitted: GroupVote[] = []
      const batchVotes: Batch['votes'] = []
      verdicts.forEach((verdict, i) => {
        const vote = votes[i]
        if (verdict.is !== 'to-enqueue' || vote === undefined) return
        position.set(i, admitted.length)
        admitted.push(vote)
        const { poll, boxNo, optionNo, voterKey, voteId } = vote
        batchVotes.push([poll.pollNo, boxNo, optionNo, voterKey, voteId, verdict.acceptedAt])
      })
      if (admitted.length > 0) {
        const [seq, accepted] = [run.seq + 1, run.accepted + admitted.length]
        const batch: Batch = { v: 1, run: run.id, seq, accepted, votes: batchVotes }
        await enqueuer.enqueue(batchId, batch, admitted, ground)
        crashPoint('ballot.enqueued')
        run = { id: run.id, seq, accepted }
        parts.onBatch({ run: run.id, seq, accepted }, admitted.length)
      }
    } catch (error) {
      if (!(error instanceof MemoryChanged)) throw error
      memory.doubt()
      return votes.map(() => ({ is: 'again', because: 'memory-changed' }))
    }

    const answer = (i: number): GroupAnswer => {
      const verdict = verdicts[i]
      switch (verdict?.is) {
        case 'to-enqueue':
          return {
            is: 'accepted',
            acceptedAt: verdict.acceptedAt,
            receipt: { batchId, position: position.get(i) ?? 0 },
          }
        case 'queued':
          return { is: 'accepted', acceptedAt: verdict.acceptedAt, receipt: verdict.receipt }
        case 'same':
          return answer(verdict.place)
        case 'rules-changed':
          return { is: 'again', because: 'rules-changed' }
        case 'refused':
          return verdict
        case undefined:
          throw new Error('the admission script left a vote without an answer')
      }
    }
    return votes.map((_, i) => answer(i))
  }
}
