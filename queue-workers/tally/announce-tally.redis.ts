/** Announces tallies: for a poll at most ten times a second over all workers, and the last state always. */
import type { Redis } from 'ioredis'
import { redisChannels, redisKeys } from '../../contracts/redis-keys.ts'
import type { TallyFrame } from '../../contracts/tally.ts'
import type { Log } from '../../runtime/log.ts'

const quietForMs = 100

/**
 * The right to announce a poll is a key that lives 100 ms; who finds it taken tries again when it has gone, with the
 * tally as it is then. Should that worker die first, gateways re-read what they watch every second.
 */
export function makeAnnounceTally(
  redis: Redis,
  read: (pollId: string) => Promise<TallyFrame>,
  log: Log,
): { readonly announce: (frame: TallyFrame) => Promise<void> } & AsyncDisposable {
  const later = new Map<string, NodeJS.Timeout>()
  const underWay = new Set<Promise<void>>()

  async function announce(frame: TallyFrame): Promise<void> {
    const { pollId } = frame
    if (later.has(pollId)) return
    const granted = await redis.set(redisKeys.announced(pollId), '1', 'PX', quietForMs, 'NX')
    if (granted === 'OK') {
      await redis.publish(redisChannels.tally(pollId), JSON.stringify(frame))
      return
    }
    if (later.has(pollId)) return
    later.set(
      pollId,
      setTimeout(() => {
        later.delete(pollId)
        const again = read(pollId)
          .then(announce)
          .catch((error: unknown) => log.debug({ err: error }, 'could not announce a tally'))
          .finally(() => underWay.delete(again))
        underWay.add(again)
      }, quietForMs),
    )
  }

  return {
    announce,
    async [Symbol.asyncDispose]() {
      // The last state is told before the worker goes.
      for (const [pollId, timer] of later) {
        clearTimeout(timer)
        const frame = await read(pollId).catch(() => null)
        if (frame !== null)
          await redis.publish(redisChannels.tally(pollId), JSON.stringify(frame)).catch(() => 0)
      }
      await Promise.all(underWay)
    },
  }
}
