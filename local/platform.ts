/** Says whether this machine can have services of ours, and what to do where it cannot. */
import { Trouble } from './trouble.ts'

interface Given {
  readonly databaseUrl?: string
  readonly redisUrl?: string
  readonly kafkaBrokers?: string
  readonly talliesDatabaseUrl?: string
}

const served = new Set(['linux-x64', 'linux-arm64'])

/**
 * What is given, and the read model's database beside the other where we bring no Postgres.
 * @throws Trouble where something must be ours and cannot be.
 */
export function fitToPlatform(given: Given, platform = `${process.platform}-${process.arch}`): Given {
  if (served.has(platform)) return given
  const { databaseUrl, redisUrl, kafkaBrokers } = given
  if (databaseUrl === undefined || redisUrl === undefined || kafkaBrokers === undefined) {
    throw new Trouble(
      `Urna brings no services of its own for ${platform}: run "docker compose up", or set DATABASE_URL, REDIS_URL and KAFKA_BROKERS to yours.`,
    )
  }
  return { talliesDatabaseUrl: besideIt(databaseUrl), ...given }
}

/** Another database of the same server; the read model makes it where it is missing. */
function besideIt(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.pathname = `${url.pathname === '/' ? '/urna' : url.pathname}_tallies`
  return url.href
}
