/** Reads what Redis shows of polls, and what it knows of the runs that took their votes: of each lane at one instant. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { laneKeys, redisKeys } from '../../contracts/redis-keys.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'

const hashShape = z.record(z.string(), z.string())
type Hash = z.infer<typeof hashShape>

export interface ShownPoll {
  /** The fields of the poll's tally; none where Redis has no tally. */
  readonly tally: Readonly<Record<string, string>>
  /** Run -> votes of this poll that it has put into jobs. */
  readonly accepted: Readonly<Record<string, string>>
}

export interface Shown {
  /** Run -> its last seq. */
  readonly batches: Readonly<Record<string, string>>
  readonly polls: ReadonlyMap<string, ShownPoll>
}

/** `lanes`: a connection for each. A run is of one lane, so that what is said of runs is put together as it is. */
export async function readShown(
  lanes: readonly [Redis, ...Redis[]],
  pollIds: readonly string[],
): Promise<Shown> {
  const read = await Promise.all(
    lanes.map(async (redis, lane) => {
      const keys = laneKeys(lane)
      const asking = redis.multi().hgetall(keys.batches)
      for (const pollId of pollIds) asking.hgetall(keys.acceptedOfPoll(pollId))
      if (lane === 0) for (const pollId of pollIds) asking.hgetall(redisKeys.tally(pollId))
      return z.array(hashShape).parse(await execAll(asking))
    }),
  )
  const all = (place: number): Hash =>
    Object.fromEntries(read.flatMap((hashes) => Object.entries(hashes[place] ?? {})))
  const polls = pollIds.map((pollId, i) => {
    const tally = read[0]?.[1 + pollIds.length + i] ?? {}
    return [pollId, { tally, accepted: all(1 + i) }] as const
  })
  return { batches: all(0), polls: new Map(polls) }
}
