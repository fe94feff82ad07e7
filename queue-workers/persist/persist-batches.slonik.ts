/** Persists many batches in one transaction: their votes, their ledger rows, and their shard's counters. */
import type { DatabasePool, DatabaseTransactionConnection } from 'slonik'
import type { ShardCounts } from '../../contracts/tally.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import type { KnownPoll } from './known-polls.slonik.ts'
import { firstHash, makeLedgerRow, whyRejected, type LedgerRow, type Unstored } from './ledger-row.ts'
import { partsOf, type BatchPart, type ReceivedBatch, type ReceivedVote } from './received-batch.ts'
import { addReceived, fence, type Lease } from './shard-lease.slonik.ts'
import { storeVotes, type VoteToStore } from './store-votes.slonik.ts'
import { addToMinute, insertLedger, readHeads, standingRows, writeHead } from './write-ledger.slonik.ts'

const minuteMs = 60_000

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
  return async (batches, lease) => {
    const all = partsOf(batches)
    const polls = await parts.knownPolls([...new Set(all.map(({ pollNo }) => pollNo))])
    const persisted = await parts.pool.transaction(async (tx) => {
      await fence(tx, lease)
      const standing = await standingRows(tx, all)
      const stands = new Set(standing.map((row) => `${row.batch_id} ${row.poll_no}`))
      const fresh = all.filter(({ batchId, pollNo }) => !stands.has(`${batchId} ${pollNo}`))
      const countedBefore = [...new Set(standing.map((row) => polls.get(row.poll_no)?.pollId ?? ''))]
      const before = { countedBefore: countedBefore.filter((pollId) => pollId !== '') }
      if (fresh.length === 0) return { ...before, counted: [], received: null, votes: 0 }
      const counted = await count(tx, lease.shard, fresh, polls)
      const votes = fresh.reduce((sum, part) => sum + part.votes.length, 0)
      const received = { shard: lease.shard, votes: await addReceived(tx, lease, votes) }
      crashPoint('persist.before-commit')
      return { ...before, counted, received, votes }
    })
    crashPoint('persist.committed')
    return persisted
  }
}

async function count(
  tx: DatabaseTransactionConnection,
  shard: number,
  fresh: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
): Promise<Persisted['counted']> {
  const toStore: VoteToStore[] = []
  for (const { batchId, pollNo, at, votes } of fresh) {
    const poll = polls.get(pollNo)
    if (poll === undefined) continue
    for (const vote of votes) if (whyRejected(poll, vote) === null) toStore.push({ batchId, at, poll, vote })
  }
  const unstored = await storeVotes(tx, toStore)
  const fate = (part: BatchPart, vote: ReceivedVote): Unstored | undefined => {
    const why = whyRejected(polls.get(part.pollNo), vote)
    return why === null ? unstored(part.batchId, vote.position) : { outcome: 'rejected', why }
  }

  const storedAt = Date.now()
  const heads = await readHeads(tx, shard, [...new Set(fresh.map(({ pollNo }) => pollNo))])
  const rows: LedgerRow[] = []
  const counted: { pollId: string; shard: ShardCounts }[] = []
  for (const [pollNo, ofPoll] of Map.groupBy(fresh, (part) => part.pollNo)) {
    const poll = polls.get(pollNo)
    const options = poll?.options.length ?? 0
    const size = options * (poll?.boxes.length ?? 0)
    const head = heads.get(pollNo)
    let last = { seq: head?.seq ?? 0, hash: head?.hash ?? firstHash }
    // A row of votes that were all rejected may have left fewer counts than the poll has options.
    const counts = Array.from({ length: size }, (_, place) => head?.counts[place] ?? 0)
    const minutes = new Map<number, number[]>()
    for (const part of ofPoll) {
      const row = makeLedgerRow(part, poll, (vote) => fate(part, vote), last)
      rows.push(row)
      last = row
      for (const vote of row.counted) {
        const place = vote.boxNo * options + vote.optionNo
        const minute = part.at - (part.at % minuteMs)
        let ofMinute = minutes.get(minute)
        if (ofMinute === undefined) minutes.set(minute, (ofMinute = new Array<number>(size).fill(0)))
        counts[place] = (counts[place] ?? 0) + 1
        ofMinute[place] = (ofMinute[place] ?? 0) + 1
      }
    }
    await writeHead(tx, shard, pollNo, { ...last, counts }, storedAt)
    for (const [minute, ofMinute] of minutes) await addToMinute(tx, shard, pollNo, minute, ofMinute)
    if (poll !== undefined) {
      counted.push({ pollId: poll.pollId, shard: { shard, seq: last.seq, asOf: storedAt, counts } })
    }
  }
  await insertLedger(tx, shard, storedAt, rows)
  return counted
}
