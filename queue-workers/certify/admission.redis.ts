/** What one lane on Redis knows of the admission to one poll, all of one moment. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { laneKeys } from '../../contracts/redis-keys.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'

const numbersShape = z.record(z.string(), z.coerce.number().int().min(0))
const answersShape = z.tuple([
  z.string().nullable(),
  z.coerce.number().nullable(),
  z.tuple([z.string().nullable(), z.string().nullable()]),
  numbersShape,
  numbersShape,
])

export interface Admission {
  /** Null where this Redis has no memory. */
  readonly epoch: string | null
  readonly beat: number
  /** The version of the rules that say that nobody can vote any more; null where they do not say so. */
  readonly overSince: number | null
  /** Run -> votes of this poll that it put into jobs. */
  readonly accepted: Readonly<Record<string, number>>
  /** Run -> the last batch that it numbered. */
  readonly batches: Readonly<Record<string, number>>
}

/** Of each of the first `hashTags` lanes. Throws where one of them is away. */
export async function readAdmissions(
  lanes: readonly Redis[],
  { pollId, hashTags }: { readonly pollId: string; readonly hashTags: number },
): Promise<Admission[]> {
  if (lanes.length < hashTags) throw new Error(`this worker has ${lanes.length} of ${hashTags} lanes`)
  return Promise.all(lanes.slice(0, hashTags).map((redis, lane) => readAdmission(redis, lane, pollId)))
}

async function readAdmission(redis: Redis, lane: number, pollId: string): Promise<Admission> {
  const keys = laneKeys(lane)
  const answers = await execAll(
    redis
      .multi()
      .get(keys.epoch)
      .get(keys.beat)
      .hmget(keys.rules(pollId), 'version', 'closesAt')
      .hgetall(keys.acceptedOfPoll(pollId))
      .hgetall(keys.batches),
  )
  const [epoch, beat, [version, closesAt], accepted, batches] = answersShape.parse(answers)
  // A poll that is over has its end at 0; a version that is no number is of rules that were taken away.
  const isOver = closesAt === '0' && version !== null && /^\d+$/.test(version)
  return { epoch, beat: beat ?? -1, overSince: isOver ? Number(version) : null, accepted, batches }
}
