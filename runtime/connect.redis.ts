/** Connections to Redis, each made for its use. */
import { Redis, type RedisOptions } from 'ioredis'
import { readClusterAddress, type ClusterAddress } from './cluster-address.ts'
import { clusterConnector } from './cluster-node.redis.ts'
import type { Log } from './log.ts'

/** A command waits no longer than this for its answer. */
const commandWithinMs = 5_000

/**
 * `command`: fails fast while Redis is away, so that a caller can decide. `worker`: waits for Redis for ever, as
 * BullMQ's Worker wants. `subscriber`: resubscribes by itself after each reconnect.
 *
 * Where the address is that of a Redis Cluster, the connection is to the one node that serves `key`, and all that goes
 * through it has to carry the hash tag of that key; announcements are heard from every node.
 */
export function connectRedis(
  redisUrl: string,
  use: 'command' | 'worker' | 'subscriber',
  log: Log,
  key?: string,
): Redis {
  const options: RedisOptions = {
    connectionName: `urna-${use}`,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    // After a failover behind one address the old node only reads; in a cluster it names another, or knows that it is cut
    // off from most: the new one is found by connecting again.
    reconnectOnError: (error) => /^(?:READONLY|MOVED|CLUSTERDOWN) /.test(error.message),
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
  }
  const cluster = readClusterAddress(redisUrl)
  const redis =
    cluster === null ? new Redis(redisUrl, options) : new Redis({ ...options, ...placeIn(cluster, key) })
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

/** How the node of a cluster is found. */
function placeIn(cluster: ClusterAddress, key: string | undefined): RedisOptions {
  if (key === undefined) throw new Error('a connection to a cluster is made for the node that serves one key')
  const { username, password, isTls } = cluster
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(isTls && { tls: {} }),
    Connector: clusterConnector(cluster, key),
  }
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
