/** The settings of a gateway, from the environment. */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { groupSize } from '../contracts/batch.ts'
import { readSettings, settings } from '../runtime/env.ts'

const dayMs = 24 * 60 * 60 * 1000

const shape = z
  .object({
    HOST: settings.host,
    PORT: settings.port(3000),
    /** How many processes share the port; one for each core unless it is said. */
    GATEWAY_PROCESSES: z.coerce
      .number()
      .int()
      .min(1)
      .max(256)
      .default(() => availableParallelism()),
    DATABASE_URL: settings.databaseUrl,
    REDIS_URL: settings.redisUrl,
    HASH_TAGS: settings.hashTags,
    /** Signs voter sessions. */
    SESSION_SECRET: settings.secret,
    /** Names voters inside a poll; never to be lost or changed while a poll is open. */
    VOTER_SECRET: settings.secret,
    /** Signs receipts: see contracts/signing.ts. */
    SIGNING_KEY: settings.signingKey,
    /** Where the read model answers; without it `events` and `report` are not to be had. */
    READ_MODEL_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// address' }).optional(),
    /** Vouches for identities that anyone may make up, to try verified ballot boxes out. Never in production. */
    TEST_IDENTITY_SECRET: settings.secret.optional(),
    ADMIN_TOKEN: z
      .string()
      .min(16, 'must have at least 16 characters')
      // What a bearer token may be made of (RFC 6750): another could not be sent.
      .regex(/^[A-Za-z0-9._~+/-]+=*$/, 'may have letters, digits and . _ ~ + / - only'),
    /** A folder with the built screens, vote-ui and admin-ui; without it none are served. */
    UI_DIR: z.string().optional(),
    /** Origins of other sites that may call, comma separated; our own may always. */
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
      .pipe(z.array(z.url('must be origins such as https://vote.example'))),
    /** Whether x-forwarded-proto comes from a proxy of our own. */
    TRUST_PROXY: z.stringbool().default(false),
    /** The most votes that may wait between door and Postgres. A waiting vote takes about 0.5 kB of Redis. */
    MOST_WAITING: z.coerce.number().int().min(groupSize).default(1_000_000),
    /** The most votes that this process holds before they are in a group. */
    MOST_HELD: z.coerce.number().int().min(groupSize).default(50_000),
    SESSION_DAYS: z.coerce.number().min(1).max(365).default(30),
    /** false: plain votes go through tRPC's own adapter like every other call, at six times the cost. */
    SHORT_WAYS: z.stringbool().default(true),
    LOG_LEVEL: settings.logLevel,
    NODE_ENV: z.string().default('development'),
  })
  .refine(
    ({ NODE_ENV, TEST_IDENTITY_SECRET }) => NODE_ENV !== 'production' || TEST_IDENTITY_SECRET === undefined,
    {
      message: 'must not be set in production: whoever knows it can vote as anyone',
      path: ['TEST_IDENTITY_SECRET'],
    },
  )
  // A whole group is admitted or nobody of it.
  .refine(({ HASH_TAGS, ...most }) => Math.min(most.MOST_WAITING, most.MOST_HELD) >= HASH_TAGS * groupSize, {
    message: `must be at least ${groupSize} for each of HASH_TAGS`,
    path: ['MOST_WAITING, MOST_HELD'],
  })

export interface Config {
  readonly host: string
  readonly port: number
  readonly processes: number
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly hashTags: number
  readonly sessionSecret: string
  readonly voterSecret: string
  /** 32 bytes. */
  readonly signingKey: Buffer
  readonly readModelUrl: string | null
  /** Null where no test identities are taken. */
  readonly testIdentitySecret: string | null
  readonly adminToken: string
  readonly uiDir: string | null
  readonly corsOrigins: readonly string[]
  readonly trustProxy: boolean
  readonly mostWaiting: number
  readonly mostHeld: number
  readonly sessionsLiveForMs: number
  readonly shortWays: boolean
  readonly logLevel: string
  readonly isProduction: boolean
}

/** Throws BadSettings. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const read = readSettings(shape, environment)
  return {
    host: read.HOST,
    port: read.PORT,
    processes: read.GATEWAY_PROCESSES,
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    hashTags: read.HASH_TAGS,
    sessionSecret: read.SESSION_SECRET,
    voterSecret: read.VOTER_SECRET,
    signingKey: read.SIGNING_KEY,
    readModelUrl: read.READ_MODEL_URL ?? null,
    testIdentitySecret: read.TEST_IDENTITY_SECRET ?? null,
    adminToken: read.ADMIN_TOKEN,
    uiDir: read.UI_DIR ?? null,
    corsOrigins: read.CORS_ORIGINS,
    trustProxy: read.TRUST_PROXY,
    mostWaiting: read.MOST_WAITING,
    mostHeld: read.MOST_HELD,
    sessionsLiveForMs: read.SESSION_DAYS * dayMs,
    shortWays: read.SHORT_WAYS,
    logLevel: read.LOG_LEVEL,
    isProduction: read.NODE_ENV === 'production',
  }
}
