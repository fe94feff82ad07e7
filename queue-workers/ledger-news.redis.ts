/** News between workers, over Redis: the ledger grew; and what waits for Kafka, for whoever watches the pipeline. */
import type { Redis } from 'ioredis'
import type { PublishReport } from '../contracts/pipeline.ts'
import { redisChannels, redisKeys } from '../contracts/redis-keys.ts'

export async function tellLedgerGrew(redis: Redis): Promise<void> {
  await redis.publish(redisChannels.ledger, '')
}

/** A lost message costs a second: publishers also look by themselves. */
export async function onLedgerGrew(subscriber: Redis, wake: () => void): Promise<void> {
  subscriber.on('message', (channel: string) => {
    if (channel === redisChannels.ledger) wake()
  })
  await subscriber.subscribe(redisChannels.ledger)
}

/** One field for each publisher, taken away when it goes. */
export function makeReport(
  redis: Redis,
  id: string,
): ((report: PublishReport) => Promise<void>) & AsyncDisposable {
  const field = `publish:${id}`
  const report = async (it: PublishReport) => {
    await redis.hset(redisKeys.pipeline, field, JSON.stringify(it))
  }
  return Object.assign(report, {
    [Symbol.asyncDispose]: async () => {
      await redis.hdel(redisKeys.pipeline, field).catch(() => 0)
    },
  })
}
