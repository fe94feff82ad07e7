/** Loaded into a server that is measured: SIGUSR2 has it collect its garbage, so that what is left is in use. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

process.on('SIGUSR2', () => {
  // Twice: what a finaliser lets go of is found by the second.
  if (globalThis.gc === undefined) throw new Error('started without --expose-gc')
  for (let i = 0; i < 2; i++) globalThis.gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const file = join(process.env['COLLECTED_INTO'] ?? '', String(process.pid))
  writeFileSync(`${file}.new`, `${Date.now()} ${process.memoryUsage().heapUsed}`)
  renameSync(`${file}.new`, file)
})
