/** Brings a poll to Redis whose row was changed by a worker: one that was certified. */
import type { Redis } from 'ioredis'
import { redisChannels } from '../../contracts/redis-keys.ts'
import type { Log } from '../../runtime/log.ts'
import type { StoredPoll } from './poll-rows.slonik.ts'

/** A message that is lost costs the 10 s in which the schedule brings what Redis lacks. */
export async function followRows(
  subscriber: Redis,
  parts: {
    readonly read: (pollId: string) => Promise<StoredPoll | null>
    readonly project: (poll: StoredPoll) => Promise<void>
    readonly log: Pick<Log, 'debug'>
  },
): Promise<void> {
  const bring = async (pollId: string) => {
    const poll = await parts.read(pollId)
    if (poll !== null) await parts.project(poll)
  }
  subscriber.on('message', (channel: string, pollId: string) => {
    if (channel !== redisChannels.pollRows) return
    bring(pollId).catch((error: unknown) => parts.log.debug({ err: error }, 'could not bring a changed poll'))
  })
  await subscriber.subscribe(redisChannels.pollRows)
}
