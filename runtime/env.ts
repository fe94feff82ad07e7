/** Reads a process' settings from the environment and says all that is wrong with them in one message. */
import { z } from 'zod'
import { readClusterAddress } from './cluster-address.ts'
import { withFiles } from './settings-in-files.ts'

export class BadSettings extends Error {
  constructor(problems: readonly string[]) {
    super(`Bad settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'BadSettings'
  }
}

/** An empty variable counts as not set; NAME_FILE names a file that holds NAME. Throws BadSettings. */
export function readSettings<T extends z.ZodObject>(
  shape: T,
  environment: Record<string, string | undefined>,
): z.output<T> {
  const { given, problems } = withFiles(environment, Object.keys(shape.shape))
  const read = shape.safeParse(given)
  if (read.success && problems.length === 0) return read.data
  const issues = read.error?.issues ?? []
  throw new BadSettings([...problems, ...issues.map(({ path, message }) => `${path.join('.')}: ${message}`)])
}

/** Settings that more than one process has. */
export const settings = {
  port: (otherwise: number) => z.coerce.number().int().min(0).max(65_535).default(otherwise),
  host: z.string().default('127.0.0.1'),
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  /** Of one Redis, or of the nodes of a cluster: redis-cluster://one:7000,two:7000. */
  redisUrl: z
    .string()
    .refine(
      (url) => (/^rediss?:\/\//.test(url) ? URL.canParse(url) : readClusterAddress(url) !== null),
      'must be a redis:// address, or a redis-cluster:// address with the host and port of its nodes',
    ),
  /** How many hash tags on Redis share the votes: at most as many as there are shards, and all processes the same. */
  hashTags: z.coerce.number().int().min(1).max(16).default(1),
  /** host:port, comma separated. */
  brokers: z.string().transform((text) => text.split(',').map((broker) => broker.trim())),
  /** Copies of each topic: replicasFor says how many where nobody does. */
  replicas: z.coerce.number().int().min(1).max(15).optional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** The 32 bytes of an Ed25519 private key in base64url. */
  signingKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 random bytes in base64url: 43 characters')
    .transform((text) => Buffer.from(text, 'base64url')),
  /** At least 32 characters that nobody else knows. */
  secret: z.string().min(32, 'must have at least 32 characters'),
} as const
