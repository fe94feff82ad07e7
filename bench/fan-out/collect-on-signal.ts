/** Loaded into a server that is measured: SIGUSR2 has it collect its garbage, so that what is left is in use. */
import { writeFileSync } from 'node:fs'

process.on('SIGUSR2', () => {
  // Twice: what a finaliser lets go of is found by the second.
  for (let i = 0; i < 2; i++) globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  writeFileSync(process.env['COLLECTED_FILE'] ?? '/dev/null', String(Date.now()))
})
