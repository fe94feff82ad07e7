/** Redis forgets everything while persisters have votes in hand; their voters, whose answers were lost, vote again. */
import type pg from 'pg'
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
      const inHand = await until(
        'votes in hand whose voters have heard nothing',
        () => holdInHand(stage, db, hasHeardNothing),
        againWithinMs,
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

/**
 * Holds the rows of the shards where votes are in hand that are not stored and whose voters have heard nothing: only those
 * are cast again. Null, and nothing is held, where there are none: workers who are behind have to get on first.
 */
async function holdInHand(
  stage: Stage,
  db: pg.Client,
  hasHeardNothing: () => ReadonlySet<string>,
): Promise<ReadonlySet<string> | null> {
  await db.query('begin')
  try {
    await db.query('select from shard_heads for update')
    const waiting = hasHeardNothing()
    const votes = (await votesIn(stage, 'active')).filter((voteId) => waiting.has(voteId))
    const { rows } = await db.query<{ vote_id: string }>(
      'select vote_id from votes where vote_id = any($1::uuid[])',
      [votes],
    )
    const stored = new Set(rows.map((row) => row.vote_id))
    const inHand = new Set(votes.filter((voteId) => !stored.has(voteId)))
    if (inHand.size > 0) return inHand
    await db.query('rollback')
    return null
  } catch (fault) {
    await db.query('rollback').catch(() => undefined)
    throw fault
  }
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
