/** Finds redis-server: on the PATH, else Debian's package, unpacked into the cache and not installed. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillFolder, runTool } from '../child.ts'
import { Trouble } from '../trouble.ts'
import { isDebian } from './debian.ts'
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
    env: { ...env, LD_LIBRARY_PATH: libraryFolders(folder) },
  }
  if (version(unpacked) >= oldestThatServes) return unpacked
  if (!isDebian()) throw new Trouble(`Redis is missing: ${advice}`)

  now("fetching Debian's Redis (2 MB, once)")
  try {
    await fillFolder(folder, (draft) => unpackFromDebian(draft, signal))
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

function libraryFolders(folder: string): string {
  const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  return triplets.flatMap((name) => [join(folder, 'usr/lib', name), join(folder, 'lib', name)]).join(':')
}

/** With package lists and archives of our own, apt needs no root and changes nothing; it works out what is missing. */
async function unpackFromDebian(draft: string, signal: AbortSignal): Promise<void> {
  const apt = join(draft, '.apt')
  for (const folder of ['lists/partial', 'archives/partial'])
    mkdirSync(join(apt, folder), { recursive: true })
  // The machine's own hooks may empty the common archives, under the hands of another apt.
  writeFileSync(join(apt, 'no-hooks.conf'), '#clear APT::Update::Post-Invoke;\n')
  const own = [
    ...['-c', join(apt, 'no-hooks.conf')],
    ...[
      '-o',
      `Dir::State::lists=${apt}/lists`,
      '-o',
      `Dir::Cache=${apt}`,
      '-o',
      `Dir::Cache::archives=${apt}/archives`,
    ],
    ...['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root', '-q'],
  ]
  await runTool({ command: 'apt-get', args: [...own, 'update'] }, signal)
  const download = ['--download-only', '--no-install-recommends', '--yes', 'install', 'redis-server']
  await runTool({ command: 'apt-get', args: [...own, ...download] }, signal)
  for (const archive of readdirSync(join(apt, 'archives')).filter((name) => name.endsWith('.deb'))) {
    await runTool({ command: 'dpkg-deb', args: ['-x', join(apt, 'archives', archive), draft] }, signal)
  }
  rmSync(apt, { recursive: true, force: true })
}
