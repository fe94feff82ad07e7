// Runs npm, and shows what it wrote only when it fails, but then all of it.
import { spawn } from 'node:child_process'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

export const runNpm = async ([command, ...args], cwd) => {
  const output = []
  // The tools that check and build are dev dependencies, and `npm start` builds: production mode must not drop them.
  const env = { ...process.env, NODE_ENV: 'development' }
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (chunk) => output.push(chunk))
  child.stderr.on('data', (chunk) => output.push(chunk))
  let stoppedBy
  const stop = (signal) => child.kill((stoppedBy = signal))
  for (const signal of signals) process.on(signal, stop)
  const fault = await new Promise((resolve) => {
    child.on('error', (error) => resolve(`npm could not be started (${error.message})`))
    child.on('close', (code, signal) =>
      resolve(code === 0 ? undefined : `npm ended with ${signal ?? `code ${code}`}`),
    )
  })
  for (const signal of signals) process.off(signal, stop)
  if (stoppedBy !== undefined) throw new Error('Stopped before the dependencies were complete.')
  if (fault === undefined) return
  const advice = 'the dependencies are not complete. Check the network and the disk, then start again.'
  throw new Error(`${Buffer.concat(output)}\n${fault}: ${advice}`)
}
