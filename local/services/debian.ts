/** Unpacks packages of Debian into a folder of ours, so that nothing is installed on the system and nobody must be root. */
import {
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fillFolder, runTool } from '../child.ts'

export function isDebian(): boolean {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
}

/**
 * Fills `folder` with these packages and whatever of theirs the system lacks, whole or not at all; `finish` adds what
 * their own installation would have made.
 */
export async function unpackPackages(
  folder: string,
  packages: readonly string[],
  signal: AbortSignal,
  finish: (root: string) => void = () => undefined,
): Promise<void> {
  await fillFolder(folder, async (draft) => {
    await download(draft, packages, signal)
    keepLinksInside(draft)
    finish(draft)
  })
}

/** Where the libraries of an unpacked folder lie, as LD_LIBRARY_PATH wants it. */
export function libraryPath(folder: string): string {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  return ['usr/lib', 'lib'].map((place) => join(folder, place, triplet)).join(':')
}

/**
 * Writes `name`, a script that runs `program` of the same folder: it finds its libraries beside itself, since nothing of it
 * lies where the system looks. `$here` in `variables` is the folder, wherever that lies by then.
 */
export function writeLauncher(
  root: string,
  name: string,
  program: string,
  { more = [], variables = '' }: { more?: readonly string[]; variables?: string } = {},
): void {
  const libraries = libraryPath('$here').split(':')
  const all = [...libraries, ...libraries.flatMap((folder) => more.map((its) => `${folder}/${its}`))]
  const up = dirname(name) === '.' ? '' : `/${relative(dirname(name), '.')}`
  const script = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")${up}
export LD_LIBRARY_PATH="${all.join(':')}" ${variables}
exec "$here/${program}" "$@"
`
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), script, { mode: 0o755 })
}

/** A package's links name their targets as if it were installed: they are bent to the copy beside them. */
export function keepLinksInside(root: string): void {
  for (const path of globSync('**/*', { cwd: root })) {
    const link = join(root, path)
    if (!lstatSync(link).isSymbolicLink()) continue
    const target = readlinkSync(link)
    if (!target.startsWith('/') || !existsSync(join(root, target))) continue
    rmSync(link)
    symlinkSync(relative(dirname(link), join(root, target)), link)
  }
}

/** With package lists and archives of our own, apt needs no root and changes nothing; it works out what is missing. */
async function download(draft: string, packages: readonly string[], signal: AbortSignal): Promise<void> {
  const apt = join(draft, '.apt')
  for (const folder of ['lists/partial', 'archives/partial'])
    mkdirSync(join(apt, folder), { recursive: true })
  // The machine's own hooks may empty the common archives, under the hands of another apt.
  writeFileSync(join(apt, 'no-hooks.conf'), '#clear APT::Update::Post-Invoke;\n')
  const own = [
    ...['-c', join(apt, 'no-hooks.conf'), '-o', `Dir::State::lists=${apt}/lists`],
    ...['-o', `Dir::Cache=${apt}`, '-o', `Dir::Cache::archives=${apt}/archives`],
    ...['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root', '-q'],
  ]
  await runTool({ command: 'apt-get', args: [...own, 'update'] }, signal)
  const install = ['--download-only', '--no-install-recommends', '--yes', 'install', ...packages]
  await runTool({ command: 'apt-get', args: [...own, ...install] }, signal)
  for (const archive of readdirSync(join(apt, 'archives')).filter((name) => name.endsWith('.deb'))) {
    await runTool({ command: 'dpkg-deb', args: ['-x', join(apt, 'archives', archive), draft] }, signal)
  }
  rmSync(apt, { recursive: true, force: true })
}
