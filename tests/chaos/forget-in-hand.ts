/** Redis forgets everything while persisters have votes in hand; their voters, whose answers were lost, vote again. */
import { until } from '../house.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { activeJobs } from '../counts.ts'
import { faultText } from './fault-text.ts'
import type { Stage } from './stage.ts'

/**
 * The votes in hand reach Postgres under their first batch, and again under another: there the key has the last word.
 * The rows of the shards are held until the voters are back.
 */
export async function forgetInHand(stage: Stage): Promise<string> {
  return stage
    .withDb(async (db) => {
      await db.query('begin')
      await db.query('select from shard_heads for update')
      for (const { wire } of stage.gateways) wire.cut('answers')
      await until('votes in hand', async () => (await stage.redis.llen(activeJobs)) > 0)
      const epoch = await epochOf(stage)
      await stage.redis.flushall()
      for (const { wire } of stage.gateways) wire.mend()
      await until('another memory', async () => {
        const now = await epochOf(stage)
        return now !== null && now !== epoch
      })
      // They come back within a second or two, and are admitted by a memory that does not know them.
      await until('votes of the new memory', async () => {
        const jobs = await stage.redis.keys('*bull*:wait')
        for (const key of jobs) if ((await stage.redis.llen(key)) > 0) return true
        return (await stage.redis.llen(activeJobs)) > 0
      })
      await db.query('commit')
      return ''
    })
    .catch((fault: unknown) => `it broke off: ${faultText(fault)}`)
    .finally(() => {
      for (const { wire } of stage.gateways) wire.mend()
    })
}

const epochOf = (stage: Stage) => stage.redis.get(redisKeys.epoch)
