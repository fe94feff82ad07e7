/** Rewrites the tallies of all open polls from Postgres, at start and every 10 s: what a crash left behind on Redis. */
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { TallyFrame } from '../../contracts/tally.ts'
import type { StoredTallies } from './stored-tallies.slonik.ts'
import type { WriteTally } from './write-tally.redis.ts'

const rewriteEveryMs = 10_000

export function rewriteTallies(parts: {
  readonly write: WriteTally
  readonly stored: () => Promise<StoredTallies>
  readonly received: () => Promise<readonly { readonly shard: number; readonly received: number }[]>
  readonly announce: (frame: TallyFrame) => Promise<void>
  readonly log: Log
}): AsyncDisposable {
  const { write, stored, received, announce, log } = parts
  const announced = new Map<string, number>()
  const loop = repeat(
    rewriteEveryMs,
    async (signal) => {
      // A lane that is away keeps nothing from the others.
      const rooms = await Promise.allSettled(
        (await received()).map((row) => write.received(row.shard, row.received)),
      )
      const polls = await stored()
      for (const [pollId, shards] of polls) {
        if (signal.aborted) return
        const frame = await write.whole(pollId, shards)
        if (announced.get(pollId) === frame.version) continue
        announced.set(pollId, frame.version)
        await announce(frame)
      }
      for (const pollId of announced.keys()) if (!polls.has(pollId)) announced.delete(pollId)
      for (const room of rooms) if (room.status === 'rejected') throw room.reason
    },
    (error) => log.warn({ err: error }, 'could not rewrite the tallies; trying again'),
  )
  return { [Symbol.asyncDispose]: () => loop.stop() }
}
