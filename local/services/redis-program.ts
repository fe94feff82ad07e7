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
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
  const onPath = { command: 'redis-server', env }
  if (version(onPath) >= oldestThatServes) return onPath

  const folder = join(cacheDir, `redis-debian-${process.arch}`)
  const unpacked = {
    command: join(folder, 'usr/bin/redis-server'),
    env: { ...env, LD_LIBRARY_PATH: libraryPath(folder) },
  }
  if (version(unpacked) >= oldestThatServes) return unpacked
  if (!isDebian()) throw new Trouble(`Redis is missing: ${advice}`)

  now("fetching Debian's Redis (2 MB, once)")
  try {
    await unpackPackages(folder, ['redis-server'], signal)
  } catch (fault) {
    signal.throwIfAborted()
    const why = fault instanceof Error ? fault.message : String(fault)
    throw new Trouble(`Redis is missing and Debian's package could not be fetched (${why}): ${advice}`)
  }
  if (version(unpacked) < oldestThatServes)
    throw new Trouble(`The Redis in ${folder} does not run: ${advice}`)
  return unpacked
}

function version({ command, env }: Program): number {
  const { stdout } = spawnSync(command, ['--version'], { env, encoding: 'utf8', cwd: '/' })
  return Number(/v=(\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? 0)
}
