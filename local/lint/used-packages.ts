/** Which packages the code that runs imports: neither tests nor tools, and no types, which are gone when it runs. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const sources = [
  '{gateway,queue-workers,runtime,sql,contracts}/**/*.ts',
  '{vote-ui,admin-ui}/src/**/*.{ts,tsx}',
  // What builds the screens.
  '{vote-ui,admin-ui}/vite.config.ts',
]

/** The source files of what runs, by path. */
export function readSources(checkout: string): ReadonlyMap<string, string> {
  const paths = globSync(sources, { cwd: checkout }).filter((path) => !/\.test\.tsx?$|generated/.test(path))
  return new Map(paths.map((path) => [path, readFileSync(join(checkout, path), 'utf8')]))
}

/** For each package the files that import a value of it. */
export function usedPackages(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const used = new Map<string, string[]>()
  for (const [path, text] of files) {
    for (const [, names, from] of text.matchAll(/^import (?:([^'";]+?) from )?'([^'.][^']*)'/gm)) {
      if (isOfTypes(names)) continue
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(from ?? '')?.[0] ?? ''
      used.set(name, [...(used.get(name) ?? []), path])
    }
  }
  return used
}

/** `import type {...}`, or `{ type A, type B }`. */
function isOfTypes(names: string | undefined): boolean {
  if (names === undefined) return false
  if (/^type\b/.test(names)) return true
  const inBraces = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(',') ?? []
  return inBraces.length > 0 && inBraces.every((name) => name.trim() === '' || /^type\b/.test(name.trim()))
}
