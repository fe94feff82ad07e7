/** Remembers which events of votes were read back from Kafka: about 0.1 kB for each batch and poll. */
import type { EventCounts } from './event-counts.ts'

// What is judged is older than a few seconds: of events younger than this the times are known one by one.
const youngForMs = 30_000

interface OfPoll {
  /** Batch -> its number among all events read. */
  readonly batches: Map<string, number>
  votes: number
  young: { readonly storedAt: number; readonly counted: number }[]
}

/** What had been read of a poll at one moment. old*: of rows stored before a moment that was asked for. */
export interface ReadEvents {
  readonly batches: number
  readonly votes: number
  readonly oldBatches: number
  readonly oldVotes: number
}

export interface SeenEvents {
  readonly wants: (pollId: string) => boolean
  readonly add: (event: EventCounts) => void
  /** How many were read so far, repeats not counted. */
  readonly count: () => number
  readonly of: (pollId: string, oldBefore: number) => ReadEvents
  /** Whether an event was among the first so many. */
  readonly has: (pollId: string, batchId: string, among?: number) => boolean
  /** Of the polls whose events are remembered. */
  readonly pollIds: () => readonly string[]
  /** Forgets these polls for good. */
  readonly forget: (pollIds: Iterable<string>) => void
}

const none: ReadEvents = { batches: 0, votes: 0, oldBatches: 0, oldVotes: 0 }

export function makeSeenEvents(): SeenEvents {
  const polls = new Map<string, OfPoll>()
  const forgotten = new Set<string>()
  let read = 0
  return {
    wants: (pollId) => !forgotten.has(pollId),
    add({ pollId, batchId, storedAt, counted }) {
      if (forgotten.has(pollId)) return
      let its = polls.get(pollId)
      if (its === undefined) polls.set(pollId, (its = { batches: new Map(), votes: 0, young: [] }))
      const key = packed(batchId)
      if (its.batches.has(key)) return
      its.batches.set(key, read++)
      its.votes += counted
      if (storedAt > Date.now() - youngForMs) its.young.push({ storedAt, counted })
    },
    count: () => read,
    of(pollId, oldBefore) {
      const its = polls.get(pollId)
      if (its === undefined) return none
      its.young = its.young.filter(({ storedAt }) => storedAt > oldBefore)
      const young = its.young.reduce((sum, { counted }) => sum + counted, 0)
      const { votes } = its
      const batches = its.batches.size
      return { batches, votes, oldBatches: batches - its.young.length, oldVotes: votes - young }
    },
    has: (pollId, batchId, among = Infinity) =>
      (polls.get(pollId)?.batches.get(packed(batchId)) ?? Infinity) < among,
    pollIds: () => [...polls.keys()],
    forget(pollIds) {
      for (const pollId of pollIds) {
        forgotten.add(pollId)
        polls.delete(pollId)
      }
    },
  }
}

/** A UUID in 16 characters of one byte each. */
const packed = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('latin1')
