/** Rules of a connection to a cluster: it has to do with the one node that serves its key, whichever that is. */
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { openPortBook } from '../local/ports.ts'
import { cacheFolder } from '../local/services.ts'
import { startRedisCluster } from '../local/services/redis-cluster.ts'
import { makeTempFolder, removeTempFolder } from '../local/temp-folder.ts'
import { readClusterAddress } from '../runtime/cluster-address.ts'
import { connectRedis, redisAnswers } from '../runtime/connect.redis.ts'
import { until } from './house.ts'
import { log } from './live-redis.ts'

/** Asks one node itself. */
async function at<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: null })
  try {
    return await ask(redis)
  } finally {
    redis.disconnect()
  }
}

it('CN1 a connection follows its key to another node, and fails at once while its own is gone and no other', async () => {
  await using stack = new AsyncDisposableStack()
  const dataDir = makeTempFolder('urna-nodes-')
  stack.defer(() => removeTempFolder(dataDir))
  const cluster = stack.use(
    await startRedisCluster({
      ...{ dataDir, logDir: join(dataDir, 'logs'), cacheDir: cacheFolder() },
      ...{ ports: openPortBook(dataDir), now: () => undefined, say: () => undefined },
      signal: new AbortController().signal,
    }),
  )
  const connect = (key: string) => {
    const redis = connectRedis(cluster.url, 'command', log, key)
    stack.defer(() => redis.disconnect())
    return redis
  }
  const [one, other] = [connect('urna:{b0}:epoch'), connect('urna:{b1}:epoch')]
  await Promise.all([redisAnswers(one, 20_000), redisAnswers(other, 20_000)])
  await one.set('urna:{b0}:epoch', 'known')
  await expect(one.get('urna:{b1}:epoch')).rejects.toThrow(/MOVED/)

  // Moved by an operator: what is asked of the old node meanwhile is refused, and the connection goes where it lies now.
  const [from, to] = [await cluster.nodeOf('urna:{b7}:x'), await cluster.nodeOf('urna:{b1}:x')]
  const moving = connect('urna:{b7}:x')
  await redisAnswers(moving, 20_000)
  expect(moving.stream.remotePort).toBe(from.port)
  const slot = Number(await at(from.port, (redis) => redis.cluster('KEYSLOT', 'urna:{b7}:x')))
  const target = String(await at(to.port, (redis) => redis.cluster('MYID')))
  const source = String(await at(from.port, (redis) => redis.cluster('MYID')))
  // As an operator does it: only a node that imports takes a newer epoch with the slot, and all believe the newest.
  await at(to.port, (redis) => redis.cluster('SETSLOT', slot, 'IMPORTING', source))
  await at(from.port, (redis) => redis.cluster('SETSLOT', slot, 'MIGRATING', target))
  for (const { port } of [to, from]) {
    await at(port, (redis) => redis.cluster('SETSLOT', slot, 'NODE', target))
  }
  await until('it is written where it lies now', async () => (await moving.set('urna:{b7}:x', '1')) === 'OK')
  expect(moving.stream.remotePort).toBe(to.port)

  const lost = await cluster.nodeOf('urna:{b0}:epoch')
  await cluster.kill(lost)
  await until('the loss is noticed', async () => one.status !== 'ready')
  const before = Date.now()
  await expect(one.get('urna:{b0}:epoch')).rejects.toThrow()
  // No command waits for a node that is away; it is 5 s that one waits for an answer.
  expect(Date.now() - before).toBeLessThan(4_000)
  expect(await other.set('urna:{b1}:epoch', 'there')).toBe('OK')
  await cluster.bringBack(lost)
  await until('it is back', async () => (await one.get('urna:{b0}:epoch')) === 'known')
  await cluster.kill(lost)
  await cluster.replace(lost)
  await until('an empty one is in its place', async () => (await one.get('urna:{b0}:epoch')) === null)
})

it('CN2 an address names the nodes of a cluster, a user and TLS, or is none', () => {
  const two = [
    { host: 'one', port: 7_000 },
    { host: '::1', port: 7_001 },
  ]
  expect(readClusterAddress('redis-cluster://one:7000,[::1]:7001')).toEqual({ nodes: two, isTls: false })
  expect(readClusterAddress('rediss-cluster://me:a%40b@one:7000,[::1]:7001/')).toEqual({
    ...{ nodes: two, username: 'me', password: 'a@b', isTls: true },
  })
  for (const wrong of [
    'redis://one:7000',
    'redis-cluster://',
    'redis-cluster://one',
    'redis-cluster://one:1,',
  ]) {
    expect([wrong, readClusterAddress(wrong)]).toEqual([wrong, null])
  }
})
