/** Which versions of the services run. */
import { readdirSync } from 'node:fs'
import type { BenchHouse } from './house.ts'

export async function versionsOf({ house, db }: BenchHouse): Promise<Record<string, string>> {
  const { rows } = await db.query<{ version: string }>(`select current_setting('server_version') as version`)
  const redis = /^redis_version:(\S+)/m.exec(await house.redis.info('server'))?.[1]
  const { kafkaLibDir, kafka } = house.services
  const jar = kafkaLibDir === null ? undefined : readdirSync(kafkaLibDir).find((name) => kafkaJar.test(name))
  const ofKafka = kafka.pid === null || jar === undefined ? undefined : kafkaJar.exec(jar)?.[1]
  return {
    postgres: rows[0]?.version ?? 'unknown',
    redis: redis ?? 'unknown',
    ...(ofKafka !== undefined && { kafka: ofKafka }),
  }
}

const kafkaJar = /^kafka-clients-(\d[\d.]*)\.jar$/
