/** Announces tallies as a worker does, one poll after the other. */
import type { Redis } from 'ioredis'
import { redisChannels } from '../../contracts/redis-keys.ts'
import type { TallyFrame } from '../../contracts/tally.ts'
import { countsAt } from './tally-event.ts'

/** Has each poll's tally change so often, in ms; 0 = no more. Resolves with the version that all polls have reached. */
export type Pace = (everyMs: number) => Promise<number>

export function makeAnnouncer(redis: Redis, pollIds: readonly string[], options: number): Pace {
  let [version, turn] = [1, 0]
  let timer: NodeJS.Timeout | undefined
  const tick = () => {
    const pollId = pollIds[turn] ?? ''
    const frame: TallyFrame = { pollId, version, asOf: Date.now(), counts: countsAt(version, options) }
    // At the end of a part that failed its connection may be closed first.
    redis.publish(redisChannels.tally(pollId), JSON.stringify(frame)).catch(() => undefined)
    turn = (turn + 1) % pollIds.length
    if (turn === 0) version++
  }
  return async (everyMs) => {
    clearInterval(timer)
    while (turn > 0) tick()
    await redis.ping()
    if (everyMs > 0) timer = setInterval(tick, everyMs / pollIds.length)
    return version - 1
  }
}
