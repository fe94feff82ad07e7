/** Reads the polls as Redis has them; what a memory has that is being restored is no word on any poll. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { pollRecordShape, type PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import type { Lane, Lanes } from '../lanes.ts'

const oneShape = z.tuple([z.string().nullable(), z.string().nullable()])
const allShape = z.tuple([z.string().nullable(), z.string().nullable(), z.array(z.string())])
const versionsShape = z.array(z.coerce.number().nullable().catch(null))

/** One poll; null where there is none, 'unfit' where Redis cannot say. */
export async function readProjectedPoll(redis: Redis, pollId: string): Promise<PollRecord | null | 'unfit'> {
  const answers = await execAll(redis.multi().get(redisKeys.epoch).hget(redisKeys.polls, pollId))
  const [epoch, text] = oneShape.parse(answers)
  if (text !== null) return pollRecordShape.parse(JSON.parse(text))
  return epoch === null ? 'unfit' : null
}

/** How often the polls on Redis have changed; null where it knows none. */
export function countPollChanges(redis: Redis): Promise<string | null> {
  return redis.get(redisKeys.pollsChanges)
}

interface ProjectedPolls {
  readonly polls: readonly PollRecord[]
  /** The count of changes that they show. */
  readonly changes: string | null
}

/**
 * All polls, 'unfit' where Redis cannot say. What was read before and stands as it was is not parsed again: of a
 * thousand polls that takes 5 ms in place of 100, and one of them changes every second.
 */
export function makeReadProjectedPolls(redis: Redis): () => Promise<ProjectedPolls | 'unfit'> {
  let known: ReadonlyMap<string, PollRecord> = new Map()
  return async () => {
    const { epoch: epochKey, pollsChanges, polls: pollsKey } = redisKeys
    const answers = await execAll(redis.multi().get(epochKey).get(pollsChanges).hvals(pollsKey))
    const [epoch, changes, texts] = allShape.parse(answers)
    if (epoch === null) return 'unfit'
    const parse = (text: string) => known.get(text) ?? pollRecordShape.parse(JSON.parse(text))
    known = new Map(texts.map((text) => [text, parse(text)]))
    return { polls: [...known.values()], changes }
  }
}

/**
 * Of each poll, the version of the rules that votes are judged by in all of its lanes; null where one has none. A lane
 * that is away says nothing: what it lacks is seen when it is back.
 */
export async function readRulesVersions(
  lanes: Lanes,
  polls: readonly { readonly pollId: string; readonly hashTags: number }[],
): Promise<readonly (number | null)[]> {
  if (polls.length === 0) return []
  const lowest = new Map<string, number | null>()
  const settled = await Promise.allSettled(
    lanes.map(async (lane) => {
      const its = polls.filter(({ hashTags }) => hashTags > lane.no)
      const versions = await readVersionsOf(lane, its)
      its.forEach(({ pollId }, i) => {
        const [known = Infinity, here = null] = [lowest.get(pollId), versions[i]]
        lowest.set(pollId, known === null || here === null ? null : Math.min(known, here))
      })
    }),
  )
  const faults = settled.flatMap((its) => (its.status === 'rejected' ? [its.reason as unknown] : []))
  if (faults.length === lanes.length) throw faults[0]
  return polls.map(({ pollId }) => lowest.get(pollId) ?? (lowest.has(pollId) ? null : Infinity))
}

async function readVersionsOf(
  { redis, keys }: Lane,
  polls: readonly { readonly pollId: string }[],
): Promise<readonly (number | null)[]> {
  if (polls.length === 0) return []
  const reading = redis.pipeline()
  for (const { pollId } of polls) reading.hget(keys.rules(pollId), 'version')
  return versionsShape.parse(await execAll(reading))
}
