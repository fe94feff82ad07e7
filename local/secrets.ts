/** Makes the secrets of a data folder once, and keeps them readable by its owner only. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const lengths = {
  SESSION_SECRET: 32,
  VOTER_SECRET: 32,
  ADMIN_TOKEN: 24,
  SIGNING_KEY: 32,
  TEST_IDENTITY_SECRET: 32,
} as const
type Name = keyof typeof lengths

export interface Secrets extends Readonly<Record<Exclude<Name, 'TEST_IDENTITY_SECRET'>, string>> {
  /** Absent where no test identities are taken. */
  readonly TEST_IDENTITY_SECRET?: string
}

/**
 * What the environment sets is used and not kept; the rest stays the same over all starts. In production nobody may
 * make up who they are: there it is left to the gateway to refuse a TEST_IDENTITY_SECRET that was set all the same.
 */
export function openSecrets(dataDir: string, env: NodeJS.ProcessEnv): Secrets {
  const file = join(dataDir, 'secrets.json')
  const kept: Partial<Record<Name, string>> = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<Name, string>>)
    : {}
  const secret = (name: Name) => (kept[name] ??= randomBytes(lengths[name]).toString('base64url'))
  const made: Record<Name, string> = {
    SESSION_SECRET: secret('SESSION_SECRET'),
    VOTER_SECRET: secret('VOTER_SECRET'),
    ADMIN_TOKEN: secret('ADMIN_TOKEN'),
    SIGNING_KEY: secret('SIGNING_KEY'),
    TEST_IDENTITY_SECRET: secret('TEST_IDENTITY_SECRET'),
  }
  writeFileSync(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  const testIdentities =
    env['TEST_IDENTITY_SECRET'] || (env['NODE_ENV'] === 'production' ? null : made.TEST_IDENTITY_SECRET)
  return {
    SESSION_SECRET: env['SESSION_SECRET'] || made.SESSION_SECRET,
    VOTER_SECRET: env['VOTER_SECRET'] || made.VOTER_SECRET,
    ADMIN_TOKEN: env['ADMIN_TOKEN'] || made.ADMIN_TOKEN,
    SIGNING_KEY: env['SIGNING_KEY'] || made.SIGNING_KEY,
    ...(testIdentities !== null && { TEST_IDENTITY_SECRET: testIdentities }),
  }
}
