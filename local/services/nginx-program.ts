/** Finds nginx: on the PATH, else Debian's package, unpacked into the cache and not installed (it would take port 80). */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../trouble.ts'
import { isDebian, libraryPath, unpackPackages } from './debian.ts'

interface Program {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
}

const oldestThatServes = 1.22 // Debian 12's, with which our settings are tried

/** Throws Trouble where there is none and none could be had. */
export async function findNginx(cacheDir: string, signal: AbortSignal): Promise<Program> {
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, LC_ALL: 'C', TZ: 'UTC' }
  const onPath = { command: 'nginx', env }
  if (version(onPath) >= oldestThatServes) return onPath

  const folder = join(cacheDir, `nginx-debian-${process.arch}`)
  const unpacked = {
    command: join(folder, 'usr/sbin/nginx'),
    env: { ...env, LD_LIBRARY_PATH: libraryPath(folder) },
  }
  if (version(unpacked) >= oldestThatServes) return unpacked
  if (!isDebian()) throw new Trouble(`nginx is missing: install nginx (${oldestThatServes} or newer).`)
  mkdirSync(cacheDir, { recursive: true })
  await unpackPackages(folder, ['nginx'], signal)
  if (version(unpacked) < oldestThatServes) throw new Trouble(`The nginx in ${folder} does not run.`)
  return unpacked
}

function version({ command, env }: Program): number {
  const { stderr } = spawnSync(command, ['-v'], { env, encoding: 'utf8', cwd: '/' })
  return Number(/nginx\/(\d+\.\d+)/.exec(stderr ?? '')?.[1] ?? 0)
}
