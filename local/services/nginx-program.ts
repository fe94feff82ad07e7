/** Finds nginx: on the PATH, else Debian's package, unpacked into the cache and not installed (it would take port 80). */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../trouble.ts'
import { isDebian, unpackPackages } from './debian.ts'
import { lookForProgram, type Program } from './program.ts'

const oldestThatServes = 1.22 // Debian 12's, with which our settings are tried

/** Throws Trouble where there is none and none could be had. */
export async function findNginx(cacheDir: string, signal: AbortSignal): Promise<Program> {
  const folder = join(cacheDir, `nginx-debian-${process.arch}`)
  const look = () =>
    lookForProgram({
      ...{ name: 'nginx', folder, place: 'usr/sbin' },
      ...{ tell: '-v', version: /nginx\/(\d+\.\d+)/, oldest: oldestThatServes },
    })
  const found = look()
  if (found !== null) return found
  if (!isDebian()) throw new Trouble(`nginx is missing: install nginx (${oldestThatServes} or newer).`)
  mkdirSync(cacheDir, { recursive: true })
  await unpackPackages(folder, ['nginx'], signal)
  const unpacked = look()
  if (unpacked === null) throw new Trouble(`The nginx in ${folder} does not run.`)
  return unpacked
}
