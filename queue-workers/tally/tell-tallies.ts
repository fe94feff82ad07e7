/** After a commit: brings its counts to Redis, and announces the polls that changed. */
import type { ShardCounts, TallyFrame } from '../../contracts/tally.ts'
import type { Persisted } from '../persist/persist-batches.slonik.ts'
import type { WriteTally } from './write-tally.redis.ts'

export function makeTellTallies(parts: {
  readonly write: WriteTally
  readonly storedShards: (pollId: string) => Promise<readonly ShardCounts[]>
  readonly announce: (frame: TallyFrame) => Promise<void>
  /** Wakes the publishers. */
  readonly ledgerGrew: () => Promise<void>
  /**
   * Told where the house's keys cannot be written, for lanes that may be on another node: their votes do not wait for
   * that one, and what was not shown is, with the next of them or when the tallies are rewritten. Without it: it throws.
   */
  readonly onHouseAway?: (error: unknown) => void
}): (persisted: Persisted) => Promise<void> {
  const { write, storedShards, announce, ledgerGrew, onHouseAway } = parts

  const tellCounted = async (pollId: string, shard: ShardCounts) => {
    const frame = await write.one(pollId, shard)
    await announce(frame ?? (await write.whole(pollId, await storedShards(pollId))))
  }
  const tellAgain = async (pollId: string) => announce(await write.whole(pollId, await storedShards(pollId)))

  // All at once: Redis hears it in one message, and syncs its file once for all of it.
  return async ({ counted, countedBefore, received }) => {
    const shown = Promise.all([
      ...(received === null ? [] : [ledgerGrew()]),
      ...counted.map(({ pollId, shard }) => tellCounted(pollId, shard)),
      ...countedBefore.map(tellAgain),
    ])
    await Promise.all([
      ...(received === null ? [] : [write.received(received.shard, received.votes)]),
      onHouseAway === undefined ? shown : shown.catch(onHouseAway),
    ])
  }
}
