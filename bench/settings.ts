/** Reads back from the running servers how safe they are, and refuses to measure one that is not. */
import { createRequire } from 'node:module'
import { Kafka, logLevel } from 'kafkajs'
import { topics } from '../contracts/events.ts'
import type { BenchHouse } from './house.ts'
import { Dishonest } from './part.ts'

const ofRedis = [
  'appendonly',
  'appendfsync',
  'save',
  'maxmemory-policy',
  'rdbcompression',
  'auto-aof-rewrite-min-size',
  'auto-aof-rewrite-percentage',
] as const
const ofPostgres = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'autovacuum',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'checkpoint_timeout',
  'wal_compression',
] as const

const mustBe: Readonly<Record<string, string>> = {
  'redis.appendonly': 'yes',
  'redis.appendfsync': 'always',
  'redis.maxmemory-policy': 'noeviction',
  'postgres.fsync': 'on',
  'postgres.synchronous_commit': 'on',
  'postgres.full_page_writes': 'on',
  'postgres.autovacuum': 'on',
  'postgres.unlogged_tables': '0',
}

export async function readSettings(of: BenchHouse): Promise<Record<string, string>> {
  const settings: Record<string, string> = {}
  for (const name of ofRedis) {
    const [, value = ''] = (await of.house.redis.config('GET', name)) as string[]
    settings[`redis.${name}`] = value
  }
  for (const name of ofPostgres) {
    const { rows } = await of.db.query<{ value: string }>('select current_setting($1) as value', [name])
    settings[`postgres.${name}`] = rows[0]?.value ?? ''
  }
  const { rows } = await of.db.query<{ tables: string }>(
    `select count(*) as tables from pg_class where relpersistence = 'u' and relkind in ('r', 'p')`,
  )
  settings['postgres.unlogged_tables'] = rows[0]?.tables ?? ''
  Object.assign(settings, await kafkaSettings(of.house.services.kafkaBrokers))
  for (const [name, value] of Object.entries(mustBe)) {
    if (settings[name] !== value)
      throw new Dishonest(`${name} is ${settings[name] ?? 'unknown'}, not ${value}`)
  }
  return settings
}

// Its CommonJS does not give this name to an import.
const { ConfigResourceTypes } = createRequire(import.meta.url)('kafkajs') as typeof import('kafkajs')

/** acks is the producer's: ours asks for all in-sync replicas (queue-workers/publish/send-events.kafka.ts). */
async function kafkaSettings(brokers: string | null): Promise<Record<string, string>> {
  if (brokers === null) return {}
  const kafka = new Kafka({ clientId: 'urna-bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { topic: name } = topics.votes
    if (!(await admin.listTopics()).includes(name)) return {}
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: ['min.insync.replicas'] }],
    })
    const insync = resources[0]?.configEntries[0]?.configValue ?? ''
    const partitions = (await admin.fetchTopicMetadata({ topics: [name] })).topics[0]?.partitions ?? []
    return {
      'kafka.acks': '-1',
      'kafka.min.insync.replicas': insync,
      'kafka.partitions': String(partitions.length),
      'kafka.replicas': String(partitions[0]?.replicas.length ?? 0),
    }
  } finally {
    await admin.disconnect()
  }
}
