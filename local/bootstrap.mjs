// Hands over to the TypeScript that does the work, once the dependencies and Node 24 are there.
// Plain JS, as all it imports: it must run on Node 18 and npm 9, before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './install.mjs'

export const checkout = dirname(dirname(fileURLToPath(import.meta.url)))
const nodePackage = `node-${process.platform}-${process.arch}`
// kafkajs 2 asks for a timer in the past now and then, which Node 24 remarks on: no news for whoever starts this.
const quiet = '--disable-warning=TimeoutNegativeWarning'

/**
 * Runs one of our TypeScript entry points under Node 24 with the arguments of this command, and ends as it ends;
 * bringing what is missing is the first of its `steps`, or not told at all where nothing is missing.
 */
export const handOver = async (entry, { steps, mayInstall = true } = {}) => {
  const env = { ...process.env, URNA_STARTED_AT: String(Date.now()) }
  try {
    const title = steps === undefined ? undefined : `[1/${steps}] Dependencies`
    if (mayInstall) await installDependencies(checkout, title)
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
  const args = [quiet, join(checkout, 'local', entry), ...process.argv.slice(2)]
  const child = spawn(...diesWithUs(node24(), args), { stdio: 'inherit', env })
  // A terminal sends Ctrl-C to the whole group and npm forwards it once more: the child tells echoes from a second wish.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm that is killed outright tells nobody; who was started from a shell, though, may outlive that shell.
  const parent = process.ppid
  const isOrphan = () => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent
  setInterval(() => isOrphan() && child.kill('SIGTERM'), 1_000).unref()
  child.on('error', (error) => {
    console.error(`Node 24 could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGKILL' ? 9 : 15) : code))
}

/** The Node that our TypeScript runs on: the one npm brought, else this one if it is new enough. */
export const node24 = () => {
  const brought = join(checkout, 'node_modules', nodePackage, 'bin', 'node')
  if (existsSync(brought)) return brought
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error(
    `Urna needs Node 24, and npm brought none for ${process.platform}-${process.arch}: install it yourself.`,
  )
  process.exit(1)
}

// A starter that is killed outright must not leave a system behind: the kernel then tells the child to stop in order.
const diesWithUs = (command, args) =>
  existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', ['--pdeathsig', 'TERM', '--', command, ...args]]
    : [command, args]
