/** Persists many batches in one transaction: their votes, their ledger rows, and their shard's counters. */
import type { DatabasePool, DatabaseTransactionConnection } from 'slonik'
import type { ShardCounts } from '../../contracts/tally.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { growPolls } from './grow-polls.ts'
import type { KnownPoll } from './known-poll.ts'
import { rejectedVotes, type Unstored } from './ledger-row.ts'
import { partsOf, type BatchPart, type ReceivedBatch } from './received-batch.ts'
import { VoteRefused } from './refused-vote.slonik.ts'
import type { Lease } from './shard-lease.slonik.ts'
import { storeStorable } from './store-storable.slonik.ts'
import {
  NotAllNew,
  storeNewVotes,
  storeVotes,
  votesToStore,
  type VotesToStore,
} from './store-votes.slonik.ts'
import { mendedParts, voteColumns } from './vote-columns.ts'
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
  /** Those of them that cannot be stored, ever. */
  readonly rejected: number
}

/** How votes are stored: as if all were new, with a look at what stands, or with a search for what is refused. */
type Care = 'all-new' | 'standing' | 'refused'

/** Throws LeaseLost; whatever it throws, nothing was stored. */
export function makePersistBatches(parts: {
  readonly pool: DatabasePool
  readonly knownPolls: (pollNos: readonly number[]) => Promise<ReadonlyMap<number, KnownPoll>>
}): (batches: readonly ReceivedBatch[], lease: Lease) => Promise<Persisted> {
  let carefulUntil = -Infinity
  return async (batches, lease) => {
    const all = partsOf(batches)
    const polls = await parts.knownPolls([...new Set(all.map(({ pollNo }) => pollNo))])
    const persist = (care: Care) => parts.pool.transaction((tx) => persistParts(tx, lease, all, polls, care))
    const begin: Care = performance.now() >= carefulUntil ? 'all-new' : 'standing'
    const persisted = await persist(begin)
      .catch((error: unknown) => {
        if (!(error instanceof NotAllNew)) throw error
        carefulUntil = performance.now() + carefulForMs
        return persist('standing')
      })
      .catch((error: unknown) => {
        if (!(error instanceof VoteRefused)) throw error
        return persist('refused')
      })
    crashPoint('persist.committed')
    return persisted
  }
}

async function persistParts(
  tx: DatabaseTransactionConnection,
  lease: Lease,
  all: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  care: Care,
): Promise<Persisted> {
  const { standing, heads } = await beginUnderLease(tx, lease, all)
  const pollIds = new Set([...standing].map((i) => polls.get(all[i]?.pollNo ?? 0)?.pollId ?? ''))
  const countedBefore = [...pollIds].filter((pollId) => pollId !== '')
  const fresh = standing.size === 0 ? all : all.filter((_, i) => !standing.has(i))
  if (fresh.length === 0) return { countedBefore, counted: [], received: null, votes: 0, rejected: 0 }
  const { counted, received, rejected } = await count(tx, lease.shard, fresh, polls, heads, care)
  crashPoint('persist.before-commit')
  const votes = fresh.reduce((sum, part) => sum + part.size, 0)
  return { countedBefore, counted, received: { shard: lease.shard, votes: received }, votes, rejected }
}

async function count(
  tx: DatabaseTransactionConnection,
  shard: number,
  fresh: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  heads: ReadonlyMap<number, ShardHead>,
  care: Care,
): Promise<{ counted: Persisted['counted']; received: number; rejected: number }> {
  const columns = voteColumns(fresh)
  const parts = mendedParts(fresh, columns)
  const unstored = rejectedVotes(parts, polls, columns)
  for (const vote of columns.unreadable) unstored.set(vote, { outcome: 'rejected', why: 'unreadable' })
  const votes = votesToStore(parts, polls, columns, unstored)
  for (const [vote, its] of await store(tx, votes, care)) unstored.set(vote, its)

  const storedAt = Date.now()
  const { rows, growths } = growPolls(parts, polls, columns, unstored, heads)
  const received = await writeLedger(tx, shard, storedAt, rows, growths)
  const counted = growths.flatMap(({ pollNo, head: { seq, counts } }) => {
    const pollId = polls.get(pollNo)?.pollId
    return pollId === undefined ? [] : [{ pollId, shard: { shard, seq, asOf: storedAt, counts } }]
  })
  return { counted, received, rejected: rows.reduce((sum, { tally }) => sum + tally.rejected, 0) }
}

const noneUnstored: ReadonlyMap<number, Unstored> = new Map()

/** Answers what became of those that were not stored. */
async function store(
  tx: DatabaseTransactionConnection,
  votes: VotesToStore,
  care: Care,
): Promise<ReadonlyMap<number, Unstored>> {
  switch (care) {
    case 'all-new':
      await storeNewVotes(tx, votes)
      return noneUnstored
    case 'standing':
      return storeVotes(tx, votes)
    case 'refused':
      return storeStorable(tx, votes)
    default:
      return care satisfies never
  }
}
