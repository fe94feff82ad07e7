/** DATA_DIR/ready.json: where everything is, for tools and tests, readable by its owner only. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Ready {
  readonly gatewayUrl: string
  readonly trpcUrl: string
  readonly graphqlUrl: string
  readonly voteUiUrl: string
  readonly adminUiUrl: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly talliesDatabaseUrl: string
  readonly readModelUrl: string
  readonly kafkaBrokers: string | null
  readonly kafkaLibDir: string | null
  readonly adminToken: string
  /** Null where no test identities are taken. */
  readonly testIdentitySecret: string | null
  readonly pids: Readonly<Record<string, number>>
}

const fileOf = (dataDir: string) => join(dataDir, 'ready.json')

/** Renamed into place, so that a reader never sees half of it. */
export function writeReadyFile(dataDir: string, ready: Ready): void {
  const file = fileOf(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Null where nothing is ready on this folder. */
export function readReadyFile(dataDir: string): Ready | null {
  const file = fileOf(dataDir)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ready) : null
}

export function removeReadyFile(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true })
}
