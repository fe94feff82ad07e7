/** S: what the services without Docker promise to `npm start` and to every test. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Kafka, logLevel } from 'kafkajs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silent } from './report.ts'
import { cacheFolder, startServices, type Services } from './services.ts'
import { kafkaLibDir } from './services/kafka-program.ts'
import { makeTempFolder, removeTempFolder } from './temp-folder.ts'

const opened: string[] = []
const freshDataDir = () => {
  const dataDir = makeTempFolder('urna-services-')
  opened.push(dataDir)
  return dataDir
}
afterAll(() => opened.forEach(removeTempFolder))

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

async function redis<T>(url: string, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  try {
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

async function topics(brokers: string, create?: string): Promise<string[]> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    if (create !== undefined) await admin.createTopics({ topics: [{ topic: create }], waitForLeaders: true })
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}

const portOf = (address: string) => Number(address.split(':').at(-1)?.split('/')[0])
const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

async function untilGone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 10_000, interval: 20 }).toBe(false)
}

describe('Postgres, Redis and Kafka together', () => {
  const dataDir = freshDataDir()
  let services: Services
  beforeAll(async () => {
    services = await startServices({ dataDir })
  })
  afterAll(() => services.stop())

  test('S1 each answers its own protocol, on a loopback port that no client can be lent', async () => {
    expect(await rows(services.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await redis(services.redisUrl, (client) => client.ping())).toBe('PONG')
    expect(await topics(services.kafkaBrokers ?? '')).toEqual([])
    for (const address of [services.databaseUrl, services.redisUrl, services.kafkaBrokers ?? '']) {
      expect(address).toContain('127.0.0.1')
      expect(portOf(address)).toBeLessThan(32_768)
    }
  })

  test('S2 acknowledged means on disk: Redis syncs every write and evicts nothing, Postgres keeps its safe defaults', async () => {
    const config = await redis(services.redisUrl, (client) =>
      client.config('GET', 'append*', 'maxmemory-policy', 'save', 'bind'),
    )
    expect(config).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always', 'noeviction']),
    )
    const safety = await rows(
      services.databaseUrl,
      `select name, setting from pg_settings
       where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'max_connections') order by 1`,
    )
    expect(safety.map((row) => row['setting'])).toEqual(['on', 'on', '127.0.0.1', '200', 'on'])
  })

  test('S3 Postgres asks for its password', async () => {
    const url = new URL(services.databaseUrl)
    url.password = 'guessed'
    await expect(rows(url.href, 'select 1')).rejects.toThrow('password authentication failed')
  })

  test('S4 each comes back from kill -9 on the same port, with what it had acknowledged', async () => {
    const { databaseUrl, redisUrl, kafkaBrokers } = services
    await rows(databaseUrl, 'create table kept as select 42 as answer')
    await redis(redisUrl, (client) => client.set('kept', '42'))
    await topics(kafkaBrokers ?? '', 'kept')
    const before = { ...services.pids }

    await Promise.all([services.postgres.kill(), services.redis.kill(), services.kafka.kill()])
    expect(services.pids).toEqual({})
    await Promise.all([services.postgres.restart(), services.redis.restart(), services.kafka.restart()])

    expect(await rows(databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(await redis(redisUrl, (client) => client.get('kept'))).toBe('42')
    expect(await topics(kafkaBrokers ?? '')).toContain('kept')
    for (const name of ['postgres', 'redis', 'kafka'] as const)
      expect(services.pids[name]).not.toBe(before[name])
  })

  test('S5 a paused service stands still, and goes on when resumed', async () => {
    const state = () =>
      /^State:\s+(\w)/m.exec(readFileSync(`/proc/${services.pids.redis ?? 0}/status`, 'utf8'))?.[1]
    services.redis.pause()
    await expect.poll(state, { timeout: 10_000 }).toBe('T')
    services.redis.resume()
    expect(await redis(services.redisUrl, (client) => client.ping())).toBe('PONG')
  })

  test('S6 stopped in order and started again, all have their ports and their data', async () => {
    const { databaseUrl, redisUrl, kafkaBrokers } = services
    await services.stop()
    services = await startServices({ dataDir })
    expect([services.databaseUrl, services.redisUrl, services.kafkaBrokers]).toEqual([
      databaseUrl,
      redisUrl,
      kafkaBrokers,
    ])
    expect(await rows(databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(await redis(redisUrl, (client) => client.get('kept'))).toBe('42')
    expect(await topics(kafkaBrokers ?? '')).toContain('kept')
  })
})

describe('a start that meets trouble', () => {
  test('S7 a port that was asked for and is taken is named with its holder, and nothing stays behind', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const dataDir = freshDataDir()
    const start = startServices({ dataDir, only: ['postgres', 'redis'], ports: { redis: port } })
    await expect(start).rejects.toThrow(
      new RegExp(`Port ${port} for redis is taken by process ${process.pid} .*REDIS_PORT`),
    )
    server.close()
    expect(() => readFileSync(join(dataDir, 'postgres', 'postmaster.pid'))).toThrow('ENOENT')
  })

  test('S8 a note of a dead Postgres that names a living stranger is no obstacle', async () => {
    const dataDir = freshDataDir()
    const first = await startServices({ dataDir, only: ['postgres'] })
    await first.postgres.kill()
    const note = join(dataDir, 'postgres', 'postmaster.pid')
    writeFileSync(note, readFileSync(note, 'utf8').replace(/^\d+/, String(process.pid)))
    await using second = await startServices({ dataDir, only: ['postgres'] })
    expect(await rows(second.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('S9 without Java the rest runs, one line says that events wait, and Kafka comes at the promised address', async () => {
    const lines: string[] = []
    const { PATH, JAVA_HOME, URNA_CACHE_DIR } = process.env
    const cache = freshDataDir() // an unpacked Java of another day lies in the usual one; the jars are wanted
    symlinkSync(kafkaLibDir(cacheFolder()), kafkaLibDir(cache))
    Object.assign(process.env, { PATH: '/nowhere', JAVA_HOME: '/nowhere', URNA_CACHE_DIR: cache })
    const restore = () => {
      for (const [name, value] of Object.entries({ PATH, JAVA_HOME, URNA_CACHE_DIR })) {
        if (value === undefined) Reflect.deleteProperty(process.env, name)
        else process.env[name] = value
      }
    }
    const report = { ...silent, say: (line: string) => void lines.push(line) }
    try {
      await using services = await startServices({
        dataDir: freshDataDir(),
        only: ['postgres', 'kafka'],
        report,
      })
      expect(await rows(services.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
      expect(services.kafka.pid).toBeNull()
      expect(lines.at(-1)).toMatch(/Java 17 is missing.*events wait in Postgres/)
      restore()
      await services.kafka.start()
      expect(await topics(services.kafkaBrokers ?? '')).toEqual([])
    } finally {
      restore()
    }
  })

  test('S10 what was given is not started, and cannot be stopped here', async () => {
    const given = {
      databaseUrl: 'postgres://there/urna',
      redisUrl: 'redis://there',
      kafkaBrokers: 'there:9092',
    }
    await using services = await startServices({ dataDir: freshDataDir(), given })
    expect(services.pids).toEqual({})
    expect(services).toMatchObject(given)
    await expect(services.redis.kill()).rejects.toThrow('its address was given')
  })

  test('S11 services end with the process that started them, however it ends', async () => {
    const dataDir = freshDataDir()
    const code = `
      const { startServices } = await import(${JSON.stringify(join(import.meta.dirname, 'services.ts'))})
      const services = await startServices({ dataDir: ${JSON.stringify(dataDir)}, only: ['postgres', 'redis'] })
      console.log(JSON.stringify(services.pids))
      setInterval(() => undefined, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pids = Object.values(JSON.parse(line.toString()) as Record<string, number>)
    expect(pids.map(isAlive)).toEqual([true, true])
    parent.kill('SIGKILL')
    await Promise.all(pids.map(untilGone))
  })
})

test('S12 three Kafka nodes hold what they were sent while one of them is away, and take more', async () => {
  await using services = await startServices({ dataDir: freshDataDir(), only: ['kafka'], kafkaNodes: 3 })
  const kafka = new Kafka({ brokers: (services.kafkaBrokers ?? '').split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer()
  const consumer = kafka.consumer({ groupId: 'reader' })
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()])
  try {
    const wanted = { topic: 'held', numPartitions: 3, replicationFactor: 3 }
    await admin.createTopics({ topics: [wanted], waitForLeaders: true })
    const send = (value: string) =>
      producer.send({
        topic: 'held',
        acks: -1,
        messages: [0, 1, 2].map((partition) => ({ partition, value })),
      })
    await send('before')
    await services.kafkaNodes[1]?.kill()
    await expect.poll(() => send('without').then(() => true), { timeout: 60_000 }).toBe(true)
    const read: string[] = []
    await consumer.subscribe({ topic: 'held', fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) })
    const distinct = () => [read.filter((value) => value === 'before').length, new Set(read).size]
    await expect.poll(distinct, { timeout: 60_000 }).toEqual([3, 2])
    await services.kafkaNodes[1]?.restart()
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()])
  }
}, 300_000)
