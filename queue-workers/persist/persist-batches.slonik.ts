/** Persists many batches in one transaction: their votes, their ledger rows, and their shard's counters. */
import type { DatabasePool, DatabaseTransactionConnection } from 'slonik'
import type { ShardCounts } from '../../contracts/tally.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { growPolls } from './grow-polls.ts'
import type { KnownPoll } from './known-poll.ts'
import { rejectedVotes } from './ledger-row.ts'
import { partsOf, type BatchPart, type ReceivedBatch } from './received-batch.ts'
import type { Lease } from './shard-lease.slonik.ts'
import { NotAllNew, storeNewVotes, storeVotes, votesToStore } from './store-votes.slonik.ts'
import { voteColumns } from './vote-columns.ts'
import { beginUnderLease, writeLedger, type ShardHead } from './write-ledger.slonik.ts'

// Where one vote was not new, others of the same time will not be either: a try in vain costs a transaction.
const carefulForMs = 10_000

/** What is to be told after the commit. */
export interface Persisted {
  /** The polls that this shard counted, with its absolute counts. */
  readonly counted: readonly { readonly pollId: string; readonly shard: ShardCounts }[]
  /** The polls of batches that had been counted before: their shards are rewritten on Redis. */
  readonly countedBefore: readonly string[]
  /** What the shard has received in all; null where nothing was new. */
  readonly received: { readonly shard: number; readonly votes: number } | null
  readonly votes: number
}

/** Throws LeaseLost; whatever it throws, nothing was stored. */
export function makePersistBatches(parts: {
  readonly pool: DatabasePool
  readonly knownPolls: (pollNos: readonly number[]) => Promise<ReadonlyMap<number, KnownPoll>>
}): (batches: readonly ReceivedBatch[], lease: Lease) => Promise<Persisted> {
  let carefulUntil = -Infinity
  return async (batches, lease) => {
    const all = partsOf(batches)
    const polls = await parts.knownPolls([...new Set(all.map(({ pollNo }) => pollNo))])
    const persist = (areAllNew: boolean) =>
      parts.pool.transaction((tx) => persistParts(tx, lease, all, polls, areAllNew))
    let persisted: Persisted
    try {
      persisted = await persist(performance.now() >= carefulUntil)
    } catch (error) {
      if (!(error instanceof NotAllNew)) throw error
      carefulUntil = performance.now() + carefulForMs
      persisted = await persist(false)
    }
    crashPoint('persist.committed')
    return persisted
  }
}

async function persistParts(
  tx: DatabaseTransactionConnection,
  lease: Lease,
  all: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  areAllNew: boolean,
): Promise<Persisted> {
  const { standing, heads } = await beginUnderLease(tx, lease, all)
  const pollIds = new Set([...standing].map((i) => polls.get(all[i]?.pollNo ?? 0)?.pollId ?? ''))
  const countedBefore = [...pollIds].filter((pollId) => pollId !== '')
  const fresh = standing.size === 0 ? all : all.filter((_, i) => !standing.has(i))
  if (fresh.length === 0) return { countedBefore, counted: [], received: null, votes: 0 }
  const { counted, received } = await count(tx, lease.shard, fresh, polls, heads, areAllNew)
  crashPoint('persist.before-commit')
  const votes = fresh.reduce((sum, part) => sum + part.size, 0)
  return { countedBefore, counted, received: { shard: lease.shard, votes: received }, votes }
}

async function count(
  tx: DatabaseTransactionConnection,
  shard: number,
  fresh: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  heads: ReadonlyMap<number, ShardHead>,
  areAllNew: boolean,
): Promise<{ counted: Persisted['counted']; received: number }> {
  const columns = voteColumns(fresh)
  const unstored = rejectedVotes(fresh, polls, columns)
  const votes = votesToStore(fresh, polls, columns, unstored)
  if (areAllNew) await storeNewVotes(tx, votes)
  else for (const [vote, its] of await storeVotes(tx, votes)) unstored.set(vote, its)

  const storedAt = Date.now()
  const { rows, growths } = growPolls(fresh, polls, columns, unstored, heads)
  const received = await writeLedger(tx, shard, storedAt, rows, growths)
  const counted = growths.flatMap(({ pollNo, head: { seq, counts } }) => {
    const pollId = polls.get(pollNo)?.pollId
    return pollId === undefined ? [] : [{ pollId, shard: { shard, seq, asOf: storedAt, counts } }]
  })
  return { counted, received }
}
