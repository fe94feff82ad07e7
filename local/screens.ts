/** Builds both UIs with Vite, and not again while their sources stay the same. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fillFolder, lastLines, runTool, ToolFault } from './child.ts'
import { Trouble } from './trouble.ts'

const screens = [
  { name: 'vote-ui', base: '/' },
  { name: 'admin-ui', base: '/admin/' },
] as const

// A measured run has to find in the sources what a browser ran of them.
const extra = process.env['URNA_COVERAGE_DIR'] ? ['--minify', 'false', '--sourcemap', 'hidden'] : []

/** Resolves to what was done, in words. */
export async function buildScreens(checkout: string, uiDir: string, signal?: AbortSignal): Promise<string> {
  const built = await Promise.all(screens.map(({ name, base }) => build(checkout, name, base, uiDir, signal)))
  return built.some(Boolean) ? 'built' : 'unchanged'
}

async function build(checkout: string, name: string, base: string, uiDir: string, signal?: AbortSignal) {
  const target = join(uiDir, name)
  const stamp = join(uiDir, `${name}.sources`)
  const sources = sourcesHash(checkout, name)
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return false
  rmSync(stamp, { force: true })
  const next = join(uiDir, `.${name}.next`)
  rmSync(next, { recursive: true, force: true })
  try {
    await fillFolder(next, async (draft) => {
      const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js')
      const args = [vite, 'build', name, '--base', base, '--outDir', draft, '--emptyOutDir', ...extra]
      await runTool(
        { command: process.execPath, args, cwd: checkout, env: { ...process.env, NODE_ENV: 'production' } },
        signal,
      )
    })
  } catch (fault) {
    if (!(fault instanceof ToolFault)) throw fault
    const log = join(uiDir, `${name}.build.log`)
    writeFileSync(log, fault.output)
    const [, why = lastLines(fault.output, 1)] = /error during build:\s*(.+)/.exec(fault.output) ?? []
    throw new Trouble(`${name} could not be built: ${why} — in full: ${log}`)
  }
  rmSync(target, { recursive: true, force: true })
  renameSync(next, target)
  writeFileSync(stamp, sources)
  return true
}

/** The UI, the contracts it shares, and the versions it is built with: a change in any of them is a new build. */
function sourcesHash(checkout: string, name: string): string {
  const hash = createHash('sha256')
  for (const folder of [name, 'contracts']) {
    const files = readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.sort())
      hash.update(relative(checkout, file)).update('\0').update(readFileSync(file))
  }
  for (const file of ['package-lock.json', 'tsconfig.json']) hash.update(readFileSync(join(checkout, file)))
  return hash.update(extra.join(' ')).digest('hex')
}
