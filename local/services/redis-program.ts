/** Finds redis-server: on the PATH, else Debian's package, unpacked into the cache and not installed. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Trouble } from '../trouble.ts'
import { isDebian, libraryPath, unpackPackages } from './debian.ts'
import type { ServiceSetup } from './service.ts'

interface Program {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
}

const oldestThatServes = 6.2 // BullMQ's own floor
const advice = 'install redis-server (6.2 or newer), or set REDIS_URL to one of yours.'

export async function findRedis({ cacheDir, now, signal }: ServiceSetup): Promise<Program> {
  const found = lookForRedis(cacheDir)
  if (found !== null) return found
  const folder = unpackedFolder(cacheDir)
  if (!isDebian()) throw new Trouble(`Redis is missing: ${advice}`)

  now("fetching Debian's Redis (2 MB, once)")
  try {
    await unpackPackages(folder, ['redis-server'], signal)
  } catch (fault) {
    signal.throwIfAborted()
    const why = fault instanceof Error ? fault.message : String(fault)
    throw new Trouble(`Redis is missing and Debian's package could not be fetched (${why}): ${advice}`)
  }
  const unpacked = lookForRedis(cacheDir)
  if (unpacked === null) throw new Trouble(`The Redis in ${folder} does not run: ${advice}`)
  return unpacked
}

/** Null where there is none yet. */
export function lookForRedis(cacheDir: string): Program | null {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
  const folder = unpackedFolder(cacheDir)
  const candidates = [
    { command: 'redis-server', env },
    {
      command: join(folder, 'usr/bin/redis-server'),
      env: { ...env, LD_LIBRARY_PATH: libraryPath(folder) },
    },
  ]
  return candidates.find((program) => version(program) >= oldestThatServes) ?? null
}

function unpackedFolder(cacheDir: string): string {
  return join(cacheDir, `redis-debian-${process.arch}`)
}

function version({ command, env }: Program): number {
  const { stdout } = spawnSync(command, ['--version'], { env, encoding: 'utf8', cwd: '/' })
  return Number(/v=(\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? 0)
}
