/** Gives Redis back who has voted in a poll that was closed, before it is opened again. */
import type { PollRecord } from '../../contracts/poll.ts'
import type { Lanes } from '../lanes.ts'
import { withRestoreLock } from './memory-lock.pg.ts'
import { restoreVotes, type VoteSource } from './restore-votes.redis.ts'

// From when the opening is on Redis the memory lasts as long as the poll is open; until then it may be away for hours.
const opensWithinMs = 24 * 60 * 60 * 1_000

/**
 * All under the restore locks of the poll's lanes: no memory is restored meanwhile that knows the poll as closed, and none that is half
 * restored is taken for whole.
 */
export function makeReopenPoll(parts: {
  readonly lanes: Lanes
  readonly databaseUrl: string
  readonly source: VoteSource
}): <T>(poll: PollRecord, open: () => Promise<T>) => Promise<T> {
  const { databaseUrl, source } = parts
  return (poll, open) => {
    const lanes = parts.lanes.slice(0, poll.hashTags)
    const locks = lanes.map(({ no }) => no)
    return withRestoreLock(databaseUrl, locks, async (signal) => {
      for (const lane of lanes) {
        const memory = lane.keys.memory(poll.pollId)
        const leftMs = await lane.redis.pttl(memory)
        // One that is about to end lasts until the opening; what is not there any more says 0.
        const stands =
          leftMs === -1 || (await lane.redis.pexpire(memory, Math.max(leftMs, opensWithinMs))) === 1
        if (!stands) await restoreVotes(lane, { ...poll, state: 'open' }, source, opensWithinMs)
      }
      signal.throwIfAborted()
      return open()
    })
  }
}
