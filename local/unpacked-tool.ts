/** Finds a small tool for the tests: the system's, else Debian's, unpacked into the cache and not installed. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cacheFolder } from './services.ts'
import { isDebian, unpackPackages, writeLauncher } from './services/debian.ts'

/**
 * The folder to look for `tool` in besides PATH; null where it is on the PATH, or cannot be had.
 * @throws Trouble where Debian's package could not be fetched.
 */
export async function unpackTool(
  tool: string,
  packageName: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (spawnSync('sh', ['-c', 'command -v "$1"', 'sh', tool]).status === 0 || !isDebian()) return null
  const folder = join(cacheFolder(), `${packageName}-debian-${process.arch}`)
  if (!existsSync(folder)) {
    await unpackPackages(folder, [packageName], signal, (root) => makeLauncher(root, tool))
  }
  return join(folder, launchers)
}

const launchers = 'launch'

function makeLauncher(root: string, tool: string): void {
  const [program] = globSync(`{usr/bin,bin,usr/sbin,sbin}/${tool}`, { cwd: root })
  if (program === undefined) throw new Error(`The package for ${basename(root)} has no ${tool}`)
  writeLauncher(root, join(launchers, tool), program)
}
