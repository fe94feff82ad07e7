// `npm run doctor`: says what is here, what is missing, and which command mends it; brings nothing itself.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, handOver } from './bootstrap.mjs'

if (existsSync(join(checkout, 'node_modules', '.package-lock.json'))) {
  await handOver('doctor.ts', { mayInstall: false })
} else {
  const [major] = process.versions.node.split('.').map(Number)
  const machine = `${process.platform}-${process.arch}`
  const isServed =
    ['linux-x64', 'linux-arm64'].includes(machine) ||
    ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'].every((name) => process.env[name])
  const lines = [
    [
      isServed,
      'Machine',
      machine,
      'run "docker compose up", or set DATABASE_URL, REDIS_URL and KAFKA_BROKERS to yours',
    ],
    [major >= 18, 'Node', process.versions.node, 'install Node 18 or newer, with its npm'],
    [false, 'Packages', 'none yet', 'npm start brings them, and then all the rest'],
  ]
  for (const [isWell, name, found, mend] of lines)
    console.log(`${isWell ? 'ok     ' : 'MISSING'}  ${name.padEnd(14)} ${found}${isWell ? '' : `: ${mend}`}`)
  process.exitCode = 1
}
