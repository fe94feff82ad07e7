/** Finds curl for the tests that run the README's commands: the system's, else Debian's, unpacked and not installed. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './services.ts'
import { isDebian, libraryPath, unpackPackages } from './services/debian.ts'

/** The folder to look for it in besides PATH; null where it is on the PATH, or cannot be had. */
export async function findCurl(signal: AbortSignal): Promise<string | null> {
  if (spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0 || !isDebian()) return null
  const folder = join(cacheFolder(), `curl-debian-${process.arch}`)
  if (!existsSync(folder)) await unpackPackages(folder, ['curl'], signal, makeLauncher)
  return join(folder, 'launch')
}

function makeLauncher(root: string): void {
  const script = `#!/bin/sh
here=$(dirname "$(dirname "$(readlink -f "$0")")")
export LD_LIBRARY_PATH="${libraryPath('$here')}"
exec "$here/usr/bin/curl" "$@"
`
  mkdirSync(join(root, 'launch'))
  writeFileSync(join(root, 'launch', 'curl'), script)
  chmodSync(join(root, 'launch', 'curl'), 0o755)
}
