/** Redis forgets everything while persisters have votes in hand; their voters, whose answers were lost, vote again. */
import { batchQueue, batchShape, decodeEntry, sizeOf } from '../../contracts/batch.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { until } from '../house.ts'
import type { Deed, Traces } from './deeds.ts'
import { faultText } from './fault-text.ts'
import { forgetQueue } from './forget-all.ts'
import type { Stage } from './stage.ts'

// Voters come back within 8 s of rest; the remainder is for a machine that is busy with other things.
const againWithinMs = 180_000

const queue = `${batchQueue.prefix}:${batchQueue.name}`

/**
 * The votes in hand reach Postgres under their first batch, and again under another: there the key has the last word.
 * The rows of the shards are held until some of these votes stand in a job of the new memory.
 */
export async function forgetInHand(
  stage: Stage,
  traces: Traces,
  hasHeardNothing: () => ReadonlySet<string>,
): Promise<Deed> {
  const lose = (what: 'answers' | null) => {
    for (const { wire } of stage.gateways)
      if (what === null) wire.mend()
      else wire.cut(what)
  }
  lose('answers')
  return stage
    .withDb(async (db) => {
      await db.query('begin')
      await db.query('select from shard_heads for update')
      const inHand = new Set(
        // Only who has heard nothing casts again: of a slow worker's jobs most may have been answered long ago.
        await until(
          'votes in hand whose voters have heard nothing',
          async () => {
            const waiting = hasHeardNothing()
            const votes = (await votesIn(stage, 'active')).filter((voteId) => waiting.has(voteId))
            return votes.length > 0 && votes
          },
          againWithinMs,
        ),
      )
      const epoch = await stage.redis.get(redisKeys.epoch)
      await forgetQueue(stage, traces)
      lose(null)
      await until(
        'another memory',
        async () => {
          const now = await stage.redis.get(redisKeys.epoch)
          return now !== null && now !== epoch
        },
        againWithinMs,
      )
      const again = await until(
        'votes in hand that are cast again',
        async () => {
          const votes = [...(await votesIn(stage, 'wait')), ...(await votesIn(stage, 'active'))]
          const both = votes.filter((voteId) => inHand.has(voteId))
          return both.length > 0 && both
        },
        againWithinMs,
      )
      await db.query('commit')
      const says = `${inHand.size} votes were in hand, ${again.length} of them had been cast again`
      return { happened: true, says }
    })
    .catch((fault: unknown) => ({ happened: false, says: `it broke off: ${faultText(fault)}` }))
    .finally(() => lose(null))
}

/** The voteIds in the jobs of one of the queue's lists. */
async function votesIn({ redis }: Stage, list: 'wait' | 'active'): Promise<string[]> {
  const ids = await redis.lrange(`${queue}:${list}`, 0, -1)
  const jobs = await Promise.all(ids.map((id) => redis.hget(`${queue}:${id}`, 'data')))
  return jobs.flatMap((data) => {
    const batch = batchShape.safeParse(JSON.parse(data ?? 'null'))
    if (!batch.success) return []
    const { votes } = batch.data
    return Array.from({ length: sizeOf({ votes }) }, (_, i) => decodeEntry(votes, i).voteId)
  })
}
