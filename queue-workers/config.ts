/** The settings of queue-workers, from the environment and the command line. */
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { BadSettings, readSettings, settings } from '../runtime/env.ts'

export const roles = ['persist', 'publish', 'reconcile', 'certify', 'read-model'] as const
export type Role = (typeof roles)[number]

const environmentShape = z.object({
  HOST: settings.host,
  /** The port of /healthz, /readyz, /version and /metrics; 0 = any that is free. */
  PORT: settings.port(3001),
  DATABASE_URL: settings.databaseUrl,
  REDIS_URL: settings.redisUrl,
  HASH_TAGS: settings.hashTags,
  /** Without it events wait in Postgres. */
  KAFKA_BROKERS: settings.brokers.optional(),
  KAFKA_REPLICAS: settings.replicas,
  /** Signs anchors; the role certify needs it. */
  SIGNING_KEY: settings.signingKey.optional(),
  /** How often the role certify signs what the ledgers have grown by. */
  ANCHOR_EVERY_MS: z.coerce.number().int().min(100).default(60_000),
  /** The database of the role read-model. */
  TALLIES_DATABASE_URL: settings.databaseUrl.optional(),
  /** The port on which the read model answers; 0 = any that is free. */
  READ_MODEL_PORT: settings.port(3003),
  /** Where the read model answers, for the role reconcile to compare. */
  READ_MODEL_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// address' }).optional(),
  /** Lets moderators read events and reports of what is hidden from others. */
  ADMIN_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  LOG_LEVEL: settings.logLevel,
})

export interface Config {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly hashTags: number
  readonly kafkaBrokers: readonly string[] | null
  /** Copies of each topic. */
  /** Copies of each topic; null: as many as `replicasFor` says. */
  readonly kafkaReplicas: number | null
  /** 32 bytes. */
  readonly signingKey: Buffer | null
  readonly anchorEveryMs: number
  readonly talliesDatabaseUrl: string | null
  readonly readModelPort: number
  readonly readModelUrl: string | null
  readonly adminToken: string | null
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
    hashTags: read.HASH_TAGS,
    kafkaBrokers: read.KAFKA_BROKERS ?? null,
    kafkaReplicas: read.KAFKA_REPLICAS ?? null,
    signingKey: read.SIGNING_KEY ?? null,
    anchorEveryMs: read.ANCHOR_EVERY_MS,
    talliesDatabaseUrl: read.TALLIES_DATABASE_URL ?? null,
    readModelPort: read.READ_MODEL_PORT,
    readModelUrl: read.READ_MODEL_URL ?? null,
    adminToken: read.ADMIN_TOKEN ?? null,
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
