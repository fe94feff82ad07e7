/** PK: the typed client as whoever installs it meets it: packed, in an empty project, on the Node of this machine. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runTool } from '../local/child.ts'
import { packClient } from '../local/pack-client.ts'
import { seedDemo } from '../local/seed.ts'
import { storedVotes, untilCounted } from './counts.ts'
import { secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'
import { openLosingProxy } from './losing-proxy.ts'

const checkout = dirname(import.meta.dirname)
const readme = readFileSync(join(checkout, 'contracts/client/README.md'), 'utf8')
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme)?.[1] ?? ''

let house: House
let door: Door
let project: string
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  await house.workers()
  await seedDemo(door.trpcUrl, secrets.ADMIN_TOKEN)
  project = join(house.dataDir, 'project')
  mkdirSync(project)
})
afterAll(() => house[Symbol.asyncDispose]())

/** What starts npm here, not the Node 24 that Urna brings along. */
function nodeOfThisMachine(): string {
  const others = (process.env['PATH'] ?? '').split(delimiter).filter((its) => !its.includes('node_modules'))
  return others.map((folder) => join(folder, 'node')).find((path) => existsSync(path)) ?? process.execPath
}

function runSample() {
  const child = spawn(nodeOfThisMachine(), ['main.js'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const tallies = () =>
    [...printed.matchAll(/^tally (\d+) (\d+)$/gm)].map(([, version, total]) => [
      Number(version),
      Number(total),
    ])
  return {
    tallies,
    said: (what: RegExp) =>
      until(`the sample says ${what.source}`, async () => {
        if (child.exitCode !== null) throw new Error(`it ended:\n${printed}`)
        return what.exec(printed)?.[0]
      }),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.kill()) await once(child, 'close')
    },
  }
}

it('PK1 packed and installed where nothing else is, its sample compiles, casts once through a lost answer, and follows on', async () => {
  const file = await packClient(join(house.dataDir, 'packed'))
  copyFileSync(file, join(project, basename(file)))
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }')
  // It has no dependencies: there is nothing to ask a registry for.
  const env = { ...process.env, npm_config_offline: 'true' }
  await runTool({ command: 'bash', args: ['-euc', block('sh')], cwd: project, env })

  await using proxy = await openLosingProxy(door.url)
  expect(block('ts')).toContain('http://127.0.0.1:3000')
  writeFileSync(join(project, 'main.ts'), block('ts').replace('http://127.0.0.1:3000', proxy.url))
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
  const target = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom']
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc')
  await runTool({ command: process.execPath, args: [tsc, ...strict, ...target, 'main.ts'], cwd: project })

  proxy.loseNext('/trpc/vote.cast')
  let accepted: string
  {
    await using sample = runSample()
    accepted = await sample.said(/^accepted \S+ \S+$/m)
    await sample.said(/^no answer yet, try 1$/m)
    expect(JSON.parse(proxy.lost[0] ?? '{}')).toMatchObject({ voteId: accepted.split(' ')[1] })
    const { pollId } = JSON.parse(proxy.lost[0] ?? '{}')
    await untilCounted(house, pollId, 1)
    await sample.said(/^tally \d+ 1$/m)

    await door.process.kill()
    await sample.said(/^line lost$/m)
    await door.process.start()
    await voterAt(door).cast({ pollId, optionId: 'bento' })
    await sample.said(/^line lost\n(?:.*\n)*line live\n/m)
    await sample.said(/^tally \d+ 2$/m)
    const versions = sample.tallies().map(([version]) => version)
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => (one ?? 0) - (other ?? 0)))
  }
  // Started again it is the same voter, with the same vote.
  await using again = runSample()
  expect(await again.said(/^accepted \S+ \S+$/m)).toBe(accepted)
  expect(await storedVotes(house, JSON.parse(proxy.lost[0] ?? '{}').pollId)).toHaveLength(2)
})
