/** Folders for data that is thrown away again: of tests and of the bench. */
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Others may pass through it: Postgres does not run as root, and would keep its data elsewhere. */
export function makeTempFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(folder, 0o711)
  return folder
}

// Who was killed may write for a moment longer.
const clear = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }

/** Removes it with all in it, and with what Postgres had to keep elsewhere (services/postgres-place.ts notes that). */
export function removeTempFolder(folder: string): void {
  for (const note of globSync('{,*/,*/*/}postgres.place', { cwd: folder })) {
    const place = readFileSync(join(folder, note), 'utf8').trim()
    rmSync(place, clear)
  }
  rmSync(folder, clear)
}
