/** Writes DATA_DIR/ready.json: where everything is, for tools and tests, readable by its owner only. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Ready {
  readonly gatewayUrl: string
  readonly trpcUrl: string
  readonly graphqlUrl: string
  readonly voteUiUrl: string
  readonly adminUiUrl: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly kafkaBrokers: string | null
  readonly kafkaLibDir: string | null
  readonly adminToken: string
  readonly pids: Readonly<Record<string, number>>
}

const fileOf = (dataDir: string) => join(dataDir, 'ready.json')

/** Renamed into place, so that a reader never sees half of it. */
export function writeReadyFile(dataDir: string, ready: Ready): void {
  const file = fileOf(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function removeReadyFile(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true })
}
