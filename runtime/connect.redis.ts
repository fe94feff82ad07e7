/** Connections to Redis, each made for its use. */
import { Redis } from 'ioredis'
import type { Log } from './log.ts'

/** A command waits no longer than this for its answer. */
const commandWithinMs = 5_000

/**
 * `command`: fails fast while Redis is away, so that a caller can decide. `worker`: waits for Redis for ever, as
 * BullMQ's Worker wants. `subscriber`: resubscribes by itself after each reconnect.
 */
export function connectRedis(redisUrl: string, use: 'command' | 'worker' | 'subscriber', log: Log): Redis {
  const redis = new Redis(redisUrl, {
    connectionName: `urna-${use}`,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    // After a failover behind one address the old node only reads: the new one is found by connecting again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    noDelay: true,
    // 50 ms, 100 ms ... at most 1 s: Redis is back within seconds, and so are we.
    retryStrategy: (tries) => Math.min(tries * 50, 1_000),
    ...(use === 'command' && {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: commandWithinMs,
    }),
    ...(use !== 'command' && { maxRetriesPerRequest: null }),
  })
  let away = false
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ use, reason: error.message }, 'Redis cannot be reached')
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info({ use }, 'Redis is back')
    away = false
  })
  return redis
}

/** Resolves when the connection answers; rejects after `withinMs`. */
export async function redisAnswers(redis: Redis, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs
  for (;;) {
    try {
      if (redis.status === 'ready') {
        await redis.ping()
        return
      }
    } catch (error) {
      if (Date.now() >= until) throw error
    }
    if (Date.now() >= until)
      throw new Error('Redis cannot be reached: is REDIS_URL right, and is it running?')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
