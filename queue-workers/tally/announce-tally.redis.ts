/** Announces tallies: for a poll at most ten times a second over all workers, and the last state always. */
import type { Redis } from 'ioredis'
import { redisChannels, redisKeys } from '../../contracts/redis-keys.ts'
import type { TallyFrame } from '../../contracts/tally.ts'
import type { Log } from '../../runtime/log.ts'

const quietForMs = 100

/** A poll of which nothing may be announced for now, as far as this worker knows. */
interface Quiet {
  readonly timer: NodeJS.Timeout
  /** Something is to be announced when it is over. */
  isWanted: boolean
}

/**
 * The right to announce a poll is a key that lives 100 ms; who finds it taken tries again when it has gone, with the
 * tally as it is then. Who took it does not ask meanwhile. Should that worker die first, gateways re-read what they
 * watch every second.
 */
export function makeAnnounceTally(
  redis: Redis,
  read: (pollId: string) => Promise<TallyFrame>,
  log: Log,
): { readonly announce: (frame: TallyFrame) => Promise<void> } & AsyncDisposable {
  const quiet = new Map<string, Quiet>()
  const underWay = new Set<Promise<void>>()

  async function announce(frame: TallyFrame): Promise<void> {
    const { pollId } = frame
    if (isQuiet(pollId)) return
    const granted = await redis.set(redisKeys.announced(pollId), '1', 'PX', quietForMs, 'NX')
    if (granted === 'OK') {
      beQuiet(pollId, false)
      await redis.publish(redisChannels.tally(pollId), JSON.stringify(frame))
    } else if (!isQuiet(pollId)) beQuiet(pollId, true)
  }

  /** If so, what is to be said is said afterwards. */
  function isQuiet(pollId: string): boolean {
    const its = quiet.get(pollId)
    if (its !== undefined) its.isWanted = true
    return its !== undefined
  }

  function beQuiet(pollId: string, isWanted: boolean): void {
    clearTimeout(quiet.get(pollId)?.timer)
    const timer = setTimeout(() => {
      const its = quiet.get(pollId)
      quiet.delete(pollId)
      if (its?.isWanted !== true) return
      const again = read(pollId)
        .then(announce)
        .catch((error: unknown) => log.debug({ err: error }, 'could not announce a tally'))
        .finally(() => underWay.delete(again))
      underWay.add(again)
    }, quietForMs)
    quiet.set(pollId, { timer, isWanted: isWanted || quiet.get(pollId)?.isWanted === true })
  }

  return {
    announce,
    async [Symbol.asyncDispose]() {
      // The last state is told before the worker goes.
      for (const [pollId, { timer, isWanted }] of quiet) {
        clearTimeout(timer)
        const frame = isWanted ? await read(pollId).catch(() => null) : null
        if (frame !== null)
          await redis.publish(redisChannels.tally(pollId), JSON.stringify(frame)).catch(() => 0)
      }
      await Promise.all(underWay)
    },
  }
}
