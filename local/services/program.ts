/** Looks for a program of Debian's: on the PATH, or unpacked into the cache before. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { libraryPath } from './debian.ts'

/** A command, and what its environment is. */
export interface Program {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
}

interface Wanted {
  readonly name: string
  /** Where its package was or will be unpacked, and where the program lies in it. */
  readonly folder: string
  readonly place: string
  /** The option that makes it tell its version, and the version in what it then writes. */
  readonly tell: string
  readonly version: RegExp
  readonly oldest: number
}

/** Null where there is none yet that is new enough. */
export function lookForProgram(wanted: Wanted): Program | null {
  const { name, folder, place, oldest } = wanted
  // Servers lie in /usr/sbin, which is not on everybody's PATH.
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, LC_ALL: 'C', TZ: 'UTC' }
  const unpacked = {
    command: join(folder, place, name),
    env: { ...env, LD_LIBRARY_PATH: libraryPath(folder) },
  }
  return [{ command: name, env }, unpacked].find((program) => versionOf(program, wanted) >= oldest) ?? null
}

function versionOf({ command, env }: Program, { tell, version }: Wanted): number {
  const { stdout, stderr } = spawnSync(command, [tell], { env, encoding: 'utf8', cwd: '/' })
  return Number(version.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[1] ?? 0)
}
