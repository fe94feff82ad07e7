/** Makes the secrets of a data folder once, and keeps them readable by its owner only. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const lengths = { SESSION_SECRET: 32, VOTER_SECRET: 32, ADMIN_TOKEN: 24 } as const
export type Secrets = Record<keyof typeof lengths, string>

/** What the environment sets is used and not kept; the rest stays the same over all starts. */
export function openSecrets(dataDir: string, env: NodeJS.ProcessEnv): Secrets {
  const file = join(dataDir, 'secrets.json')
  const kept: Partial<Secrets> = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>)
    : {}
  const secret = (name: keyof Secrets) => (kept[name] ??= randomBytes(lengths[name]).toString('base64url'))
  const made: Secrets = {
    SESSION_SECRET: secret('SESSION_SECRET'),
    VOTER_SECRET: secret('VOTER_SECRET'),
    ADMIN_TOKEN: secret('ADMIN_TOKEN'),
  }
  writeFileSync(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return {
    SESSION_SECRET: env['SESSION_SECRET'] || made.SESSION_SECRET,
    VOTER_SECRET: env['VOTER_SECRET'] || made.VOTER_SECRET,
    ADMIN_TOKEN: env['ADMIN_TOKEN'] || made.ADMIN_TOKEN,
  }
}
