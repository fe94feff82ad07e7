/** The rule of the CPU books: what a child used is kept when it has ended. */
import { spawn, spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { cpuBetween, cpuNow } from './cpu.ts'

it('BC1 a tree counts its living children, and those that ended and were waited for', async () => {
  const burn = 'const end = Date.now() + 300; while (Date.now() < end);'
  const parentCode = `
    require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}])
    process.stdout.write('done')
    setInterval(() => undefined, 1000)`
  const parent = spawn(process.execPath, ['-e', parentCode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const before = cpuNow({ tree: [parent.pid!] })
  await new Promise((resolve) => parent.stdout.once('data', resolve))
  const used = cpuBetween(before, cpuNow({ tree: [parent.pid!] }))
  parent.kill('SIGKILL')
  // A busy machine gives a child less than the time that it burns, but never nothing.
  expect(used.seconds['tree']).toBeGreaterThan(0.05)
  expect(used.sum).toBe(used.seconds['tree'])
})

it('BC2 all that the bench started is in its own sum', () => {
  const before = cpuNow({})
  spawnSync(process.execPath, ['-e', 'for (let i = 0; i < 1e8; i++);'])
  const after = cpuNow({})
  expect(after.bench).toBeGreaterThan(before.bench)
  expect(after.machine - before.machine).toBeGreaterThanOrEqual(0)
})
