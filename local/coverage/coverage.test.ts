/** CV: what is said about the coverage is what ran, in whatever process and however it ended. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { EncodedSourceMap } from '@jridgewell/trace-mapping'
import { build } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTempFolder, removeTempFolder } from '../temp-folder.ts'
import { barFor } from './bars.ts'
import { figuresOf, percent } from './figures.ts'
import { judge } from './judge.ts'
import { partsOf } from './parts.ts'
import { countsOfSources } from './source-counts.ts'

/** A checkout of its own, with the collector where it lies in ours. */
let house: string
beforeEach(() => {
  house = makeTempFolder('urna-coverage-')
  const all = [
    'contracts',
    'gateway/ballot',
    'queue-workers',
    'runtime',
    'sql',
    'vote-ui',
    'admin-ui',
    'local',
    'raw',
  ]
  for (const folder of all) mkdirSync(join(house, folder), { recursive: true })
  cpSync(join(import.meta.dirname, 'collect.mjs'), join(house, 'local/coverage/collect.mjs'))
  write('package.json', '{ "type": "module" }')
})
afterEach(() => removeTempFolder(house))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true })
  writeFileSync(join(house, file), text)
}

function start(file: string, ...args: string[]) {
  const env = {
    ...process.env,
    URNA_COVERAGE_DIR: join(house, 'raw'),
    NODE_OPTIONS: `--import=${join(house, 'local/coverage/collect.mjs')}`,
  }
  const child = spawn(process.execPath, [join(house, file), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { child, ended: once(child, 'exit') as Promise<[number | null, string | null]> }
}

const gapsOf = async (folder: string): Promise<string[]> => {
  const { verdicts } = await judge(house, join(house, 'raw'), join(house, 'screens'))
  const found = verdicts.find(({ bar }) => bar.folder === folder)
  return (found?.gaps ?? []).map(({ file, line, what }) => `${file}:${line} ${what}`)
}

const size = `/** A comment, and types that Node takes out. */
export function size(of: { readonly large: boolean }): string {
  const text: string = of.large ? 'large' : 'small'
  if (text === 'large') return text
  return (of as { name?: string }).name ?? text
}
`

test('CV1 what any process ran counts, and every other line and way is named where it stands', async () => {
  write('contracts/size.ts', size)
  write(
    'main.ts',
    "import { size } from './contracts/size.ts'\nsize({ large: process.argv[2] === 'large' })\n",
  )
  expect(await gapsOf('contracts')).toEqual([
    'contracts/size.ts:3 line',
    'contracts/size.ts:3 ? is never true',
    'contracts/size.ts:3 ? is never false',
    'contracts/size.ts:4 line',
    'contracts/size.ts:4 if is never true',
    'contracts/size.ts:4 if is never false',
    'contracts/size.ts:5 line',
    'contracts/size.ts:5 operand 1 is never evaluated',
    'contracts/size.ts:5 operand 2 is never evaluated',
  ])
  await start('main.ts', 'small').ended
  expect(await gapsOf('contracts')).toEqual([
    'contracts/size.ts:3 ? is never true',
    'contracts/size.ts:4 if is never true',
  ])
  await start('main.ts', 'large').ended
  expect(await gapsOf('contracts')).toEqual([])
})

test('CV2 a process that ends by exit or by a signal has told its counts, and ends as it would have', async () => {
  const stay = "console.log('here')\nsetInterval(() => undefined, 1000)\n"
  write('runtime/exits.ts', 'function end() {\n  process.exit(3)\n}\nend()\n')
  write('runtime/heeds.ts', `process.on('SIGTERM', () => {\n  process.exit(4)\n})\n${stay}`)
  write('runtime/heeds-not.ts', `function hold() {\n  return 1\n}\nhold()\n${stay}`)
  expect(await start('runtime/exits.ts').ended).toEqual([3, null])
  for (const [file, end] of [
    ['heeds', [4, null]],
    ['heeds-not', [null, 'SIGTERM']],
  ] as const) {
    const { child, ended } = start(`runtime/${file}.ts`)
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await ended).toEqual(end)
  }
  expect(await gapsOf('runtime')).toEqual([])
  expect(readdirSync(join(house, 'raw'))).toHaveLength(3)
})

test('CV3 what was measured of a file before it changed is left out, and said', async () => {
  write('sql/one.ts', 'export const one = 1\n')
  await start('sql/one.ts').ended
  expect(await gapsOf('sql')).toEqual([])
  const later = new Date(Date.now() + 60_000)
  utimesSync(join(house, 'sql/one.ts'), later, later)
  expect(await gapsOf('sql')).toEqual(['sql/one.ts:1 line'])
  const { changed } = await judge(house, join(house, 'raw'), join(house, 'screens'))
  expect(changed).toEqual(['sql/one.ts'])
})

test('CV4 an exclusion takes its way out of the account, and no other', async () => {
  write(
    'gateway/ballot/cast.ts',
    "const port = process.argv[2]\n/* v8 ignore if -- it has no second argument here */\nif (port === 'x') console.log(1)\nif (port === 'y') console.log(2)\n",
  )
  await start('gateway/ballot/cast.ts').ended
  expect(await gapsOf('gateway/ballot')).toEqual(['gateway/ballot/cast.ts:4 if is never true'])
})

test('CV5 what a bundler made of a file counts where it came from, and what it left out counts nowhere', async () => {
  const source = `import { hold } from './hold.ts'
export function Room(props: { isOpen: boolean }) {
  const heading = hold<number>(1)
  if (props.isOpen) {
    heading.push(2)
  }
  return props.isOpen ? 'open' : 'shut'
}
export const unused = () => 1
`
  write('vote-ui/room.tsx', source)
  write('vote-ui/hold.ts', 'export const hold = <T,>(it: T): T[] => [it]\n')
  write(
    'vote-ui/main.ts',
    "import { Room } from './room.tsx'\nconsole.log(Room({ isOpen: location.hash === '' }))\n",
  )
  const built = await build({
    ...{ root: house, logLevel: 'silent', configFile: false },
    build: {
      minify: false,
      sourcemap: true,
      write: false,
      rolldownOptions: { input: join(house, 'vote-ui/main.ts') },
    },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk?.type !== 'chunk' || chunk.map === null) throw new Error('nothing was built')
  const counts = new Float64Array(chunk.code.length).fill(2)
  const block = chunk.code.indexOf('heading.push')
  counts.fill(0, block, chunk.code.indexOf(')', block))
  counts.fill(0, chunk.code.indexOf('"open"'), chunk.code.indexOf('"open"') + 6)
  const map = chunk.map as EncodedSourceMap
  const found = countsOfSources(chunk.code, counts, map)
  const name = [...found.keys()].find((one) => one.endsWith('room.tsx')) ?? ''
  const parts = await partsOf('/urna/room.tsx', source, found.get(name) ?? new Float64Array(source.length))
  expect(figuresOf('room.tsx', parts).gaps.map(({ line, what }) => `${line} ${what}`)).toEqual([
    '4 if is never true',
    '5 line',
    '7 ? is never true',
  ])
})

test('CV6 a folder is held to the first bar that fits, and nothing is rounded up to all', () => {
  expect(barFor('gateway/ballot/commit-group.ts')).toEqual({ folder: 'gateway/ballot', percent: 100 })
  expect(barFor('gateway/api/http/door.ts')).toEqual({ folder: 'gateway', percent: 95 })
  expect(barFor('vote-ui/src/app.tsx')).toEqual({ folder: 'vote-ui', percent: 95 })
  for (const file of [
    'gateway/ballot/admit.test.ts',
    'tests/house.ts',
    'vote-ui/src/generated/gql.ts',
    'gateway/a.lua',
  ])
    expect(barFor(file)).toBeNull()
  expect(percent({ reached: 99_999, all: 100_000 })).toBe(99.99)
  expect(percent({ reached: 0, all: 0 })).toBe(100)
})

test('CV7 a constant behind ?? is no way of its own; what computes there is, and so are the other operands', async () => {
  write(
    'gateway/ballot/at.ts',
    "const [first] = [123]\nconst fall = () => 1\nconsole.log(first ?? 0, first ?? null ?? '', first ?? {})\nconsole.log(first ?? fall())\nconsole.log(first || 0)\n",
  )
  await start('gateway/ballot/at.ts').ended
  expect(await gapsOf('gateway/ballot')).toEqual([
    'gateway/ballot/at.ts:4 operand 2 is never evaluated',
    'gateway/ballot/at.ts:5 operand 2 is never evaluated',
  ])
})

test('CV8 the default that proves every case named is no way; a default that does something is', async () => {
  write(
    'gateway/ballot/ways.ts',
    "const say = (kind: 'a') => {\n  switch (kind) {\n    case 'a':\n      return 1\n    default:\n      return kind satisfies never\n  }\n}\nconst other = (kind: string) => {\n  switch (kind) {\n    case 'a':\n      return 1\n    default:\n      return 2\n  }\n}\nconsole.log(say('a'), other('a'))\n",
  )
  await start('gateway/ballot/ways.ts').ended
  expect(await gapsOf('gateway/ballot')).toEqual([
    'gateway/ballot/ways.ts:10 case 2 is never taken',
    'gateway/ballot/ways.ts:14 line',
  ])
})
