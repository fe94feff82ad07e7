/** `npm run chaos`: a seeded fault run against the real system; ends with a table, and with 1 where anything disagrees. */
import { spawn, spawnSync } from 'node:child_process'
import { listenForStop } from '../../local/stop-signals.ts'
import { faultText } from './fault-text.ts'
import { runMutants } from './mutants.ts'
import { readOptions, usage } from './options.ts'
import { ownMounts } from './own-disk.ts'
import { runChaos } from './run-chaos.ts'
import { tellRun } from './tell-run.ts'

const say = (line: string) => console.log(line)
const asked = readOptions(process.argv.slice(2))

if (typeof asked === 'string') {
  say(asked)
  process.exitCode = asked === usage ? 0 : 2
} else if (canHaveOwnMounts()) {
  // What is mounted in a namespace of our own is gone with its last process, however that ends.
  const args = [
    '--mount',
    '--propagation',
    'private',
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ]
  const child = spawn('unshare', args, { stdio: 'inherit', env: { ...process.env, [ownMounts]: '1' } })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name))
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  const stopping = listenForStop(say)
  try {
    if (asked.mutants) process.exitCode = (await runMutants(asked, say, stopping)) ? 0 : 1
    else {
      const run = await runChaos(asked, say, stopping)
      tellRun(run, say)
      process.exitCode = run.disagreements.length > 0 ? 1 : run.isTooGentle ? 3 : 0
    }
  } catch (fault) {
    console.error(stopping.aborted ? 'Stopped before the end.' : `The run broke off: ${faultText(fault)}`)
    process.exitCode = stopping.aborted ? 130 : 2
  }
  process.exit()
}

function canHaveOwnMounts(): boolean {
  if (process.getuid?.() !== 0 || process.env[ownMounts] !== undefined) return false
  return spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0
}
