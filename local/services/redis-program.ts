/** Finds redis-server: on the PATH, else Debian's package, unpacked into the cache and not installed. */
import { join } from 'node:path'
import { Trouble } from '../trouble.ts'
import { isDebian, unpackPackages } from './debian.ts'
import { lookForProgram, type Program } from './program.ts'
import type { ServiceSetup } from './service.ts'

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
  return lookForProgram({
    ...{ name: 'redis-server', folder: unpackedFolder(cacheDir), place: 'usr/bin' },
    ...{ tell: '--version', version: /v=(\d+\.\d+)/, oldest: oldestThatServes },
  })
}

function unpackedFolder(cacheDir: string): string {
  return join(cacheDir, `redis-debian-${process.arch}`)
}
