// Finds the npm to install with, and brings a newer one with its own Node where this one is too old.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runNpm } from './run-npm.mjs'

const npmVersion = '11.19.1'
// The native parts of the build tools are optional and made for this Node or newer. On an older one npm leaves them
// out and says nothing, so the old npm brings a newer pair, aside, and that installs the rest.
const oldestNodeThatInstalls = [22, 12]

/** The command and its first arguments. */
export const findNpm = async (checkout) => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [leastMajor, leastMinor] = oldestNodeThatInstalls
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) return bringNpm(checkout)
  // The Node that npm itself runs on: never the copy inside the folder that npm is about to replace.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const isOutside = node !== undefined && !node.startsWith(join(checkout, 'node_modules'))
  return isOutside && npm?.endsWith('npm-cli.js') ? [node, npm] : ['npm']
}

const bringNpm = async (checkout) => {
  const node = `node-${process.platform}-${process.arch}`
  const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'))
  const version = packages[`node_modules/${node}`]?.version
  if (version === undefined) {
    throw new Error(
      `Urna needs Node 24, and npm has none for ${process.platform}-${process.arch}: install it yourself.`,
    )
  }
  const folder = join(cacheFolder(), `node-${version}-npm-${npmVersion}`)
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}.new`
    mkdirSync(draft, { recursive: true })
    const options = [
      '--prefix',
      draft,
      '--ignore-scripts',
      '--no-save',
      '--no-package-lock',
      '--loglevel=error',
    ]
    try {
      await runNpm(['npm', 'install', ...options, `${node}@${version}`, `npm@${npmVersion}`], draft)
      if (!existsSync(folder)) renameSync(draft, folder)
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  }
  const modules = join(folder, 'node_modules')
  return [join(modules, node, 'bin', 'node'), join(modules, 'npm', 'bin', 'npm-cli.js')]
}

// services.ts names the same folder; it cannot be imported here, where TypeScript does not run yet.
const cacheFolder = () =>
  process.env.URNA_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'urna')
