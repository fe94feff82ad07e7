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
}): (persisted: Persisted) => Promise<void> {
  const { write, storedShards, announce, ledgerGrew } = parts
  return async ({ counted, countedBefore, received }) => {
    if (received !== null) {
      await write.received(received.shard, received.votes)
      await ledgerGrew()
    }
    for (const { pollId, shard } of counted) {
      const frame = await write.one(pollId, shard)
      await announce(frame ?? (await write.whole(pollId, await storedShards(pollId))))
    }
    for (const pollId of countedBefore) await announce(await write.whole(pollId, await storedShards(pollId)))
  }
}
