/** What a measured run of the tests is given: URNA_COVERAGE_DIR says where its counts go, and that it is one. */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Null where nothing is measured. */
export const measuredInto = (checkout: string): string | null => {
  const folder = process.env['URNA_COVERAGE_DIR']
  return folder ? resolve(checkout, folder) : null
}

/** `into` has `raw`, the counts of each process, and `screens`, the built files that browsers ran. */
export const rawDirIn = (into: string): string => join(into, 'raw')
export const screensDirIn = (into: string): string => join(into, 'screens')

/** So that each Node process that a test starts, and each that those start, tells its counts. */
export function measuredEnvironment(into: string): NodeJS.ProcessEnv {
  mkdirSync(rawDirIn(into), { recursive: true })
  const collect = pathToFileURL(join(import.meta.dirname, 'collect.mjs')).href
  return {
    URNA_COVERAGE_DIR: rawDirIn(into),
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${collect}`.trim(),
  }
}

/**
 * A browser names the files that it ran; what they were made of is read from their maps, once the tests are over. Those
 * name it as seen from where they lie now.
 */
export function keepScreens(into: string, uiDir: string): void {
  mkdirSync(screensDirIn(into), { recursive: true })
  for (const { parentPath, name } of readdirSync(uiDir, { recursive: true, withFileTypes: true })) {
    if (name.endsWith('.js')) copyFileSync(join(parentPath, name), join(screensDirIn(into), name))
    if (name.endsWith('.js.map')) {
      const map = JSON.parse(readFileSync(join(parentPath, name), 'utf8')) as { sources: string[] }
      const sources = map.sources.map((source) => pathToFileURL(resolve(parentPath, source)).href)
      writeFileSync(join(screensDirIn(into), name), JSON.stringify({ ...map, sources }))
    }
  }
}
