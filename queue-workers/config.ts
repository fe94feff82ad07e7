/** The settings of queue-workers, from the environment and the command line. */
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { BadSettings, readSettings, settings } from '../runtime/env.ts'

export const roles = ['persist', 'publish'] as const
export type Role = (typeof roles)[number]

const environmentShape = z.object({
  HOST: settings.host,
  /** The port of /healthz, /readyz, /version and /metrics; 0 = any that is free. */
  PORT: settings.port(3001),
  DATABASE_URL: settings.databaseUrl,
  REDIS_URL: settings.redisUrl,
  /** Without it events wait in Postgres. */
  KAFKA_BROKERS: settings.brokers.optional(),
  LOG_LEVEL: settings.logLevel,
})

export interface Config {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly kafkaBrokers: readonly string[] | null
  readonly logLevel: string
  readonly roles: ReadonlySet<Role>
}

/** Throws BadSettings. */
export function readConfig(environment: Record<string, string | undefined>, args: readonly string[]): Config {
  const read = readSettings(environmentShape, environment)
  return {
    host: read.HOST,
    port: read.PORT,
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    kafkaBrokers: read.KAFKA_BROKERS ?? null,
    logLevel: read.LOG_LEVEL,
    roles: readRoles(args),
  }
}

function readRoles(args: readonly string[]): Set<Role> {
  let asked: string
  try {
    const { values } = parseArgs({ args: [...args], options: { roles: { type: 'string' } } })
    asked = values.roles ?? roles.join(',')
  } catch (error) {
    throw new BadSettings([error instanceof Error ? error.message : String(error)])
  }
  const chosen = asked.split(',').map((role) => role.trim())
  const unknown = chosen.filter((role) => !roles.some((known) => known === role))
  if (unknown.length > 0) {
    throw new BadSettings([
      `--roles: there is no role ${unknown.join(', ')}; the roles are ${roles.join(', ')}`,
    ])
  }
  return new Set(roles.filter((role) => chosen.includes(role)))
}
