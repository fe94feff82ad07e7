/** DV: the parts of `npm run dev` that judge: what a saved file means, what was saved, and where it broke. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchFolders } from './watch-folders.ts'
import { whereItBroke } from './where-it-broke.ts'
import { whatFollows } from './whose-file.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'urna dev-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('DV10 a saved file starts those processes anew that import from its folder', () => {
  expect(whatFollows('gateway/ballot/admit.lua').renew).toEqual(['gateway'])
  expect(whatFollows('queue-workers/main.ts').renew).toEqual(['queue-workers'])
  expect(whatFollows('contracts/poll.ts').renew).toEqual(['gateway', 'queue-workers', 'crowd'])
  expect(whatFollows('runtime/log.ts').renew).toEqual(['gateway', 'queue-workers'])
  expect(whatFollows('sql/0001_house.sql')).toMatchObject({
    renew: ['gateway', 'queue-workers'],
    isMigration: true,
  })
  expect(whatFollows('sql/read-model/0001_read_model.sql').renew).toEqual(['queue-workers'])
  expect(whatFollows('local/crowd.ts')).toMatchObject({ renew: ['crowd'], isOurs: false })
  expect(whatFollows('local/up.ts')).toMatchObject({ renew: [], isOurs: true })
})

test('DV11 tests, notes and what an editor leaves beside a file start nothing', () => {
  for (const file of [
    'gateway/app.test.ts',
    'contracts/thing.d.ts',
    'gateway/notes.md',
    'gateway/app.ts~',
    'local/x.swp',
  ])
    expect(whatFollows(file)).toEqual({ renew: [], isMigration: false, isOurs: false })
})

const node = (file: string): string => {
  try {
    return execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: 'pipe' })
  } catch (fault) {
    return String(Reflect.get(Object(fault), 'stderr'))
  }
}

test('DV12 the place of a fault is read from what Node itself writes', () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('package.json', '{ "type": "module" }')
  write('main.ts', "import { x } from './part.ts'\nimport.meta.resolve(String(x))\n")
  const broke = (part: string) => {
    write('part.ts', part)
    return whereItBroke(node(join(folder, 'main.ts')), folder)
  }
  expect(broke('export const y = 1\n')).toMatch(
    /^main\.ts:1: SyntaxError: .* does not provide an export named 'x'/,
  )
  expect(broke('\n\nexport const = 1\n')).toMatch(/^part\.ts:3: SyntaxError/)
  expect(broke('\nexport enum x { a }\n')).toMatch(/^part\.ts:2: SyntaxError .*enum is not supported/)
  expect(broke('export const x = 1\n\nJSON.parse("{")\n')).toMatch(/^part\.ts:3: SyntaxError: .*JSON/)
  expect(broke("import './gone.ts'\nexport const x = 1\n")).toMatch(
    /Cannot find module 'gone\.ts' imported from part\.ts$/,
  )
})

test('DV13 a fault that the process logged itself has its place inside', () => {
  const error = new RangeError('said "no"')
  error.stack = `RangeError: said "no"\n    at open (/urna/node_modules/pg/index.js:3:4)\n    at openGateway (file:///urna/gateway/app.ts:52:9)`
  const said = `${JSON.stringify({ level: 60, err: { stack: error.stack }, msg: error.message })}\nsaid "no"\n`
  expect(whereItBroke(said, '/urna')).toBe('gateway/app.ts:52: RangeError: said "no"')
  expect(whereItBroke('The database is empty.\n', '/urna')).toBeNull()
})

test('DV14 every way to save is seen: in place, by rename, new files, new folders, and what comes back', async () => {
  mkdirSync(join(folder, 'a', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'a', 'deep', 'one.ts'), '1')
  const heard: string[] = []
  const watch = watchFolders(folder, ['a'], (files) => void heard.push(...files))
  const write = (file: string) => writeFileSync(join(folder, file), String(Math.random()))
  const hears = async (file: string) => {
    await expect.poll(() => heard, { timeout: 60_000, interval: 5 }).toContain(file)
    heard.length = 0
  }
  write('a/deep/one.ts')
  await hears('a/deep/one.ts')
  for (let time = 0; time < 2; time++) {
    write('a/deep/draft')
    await hears('a/deep/draft')
    renameSync(join(folder, 'a/deep/draft'), join(folder, 'a/deep/one.ts'))
    await hears('a/deep/one.ts')
  }
  mkdirSync(join(folder, 'a', 'new', 'er'), { recursive: true })
  write('a/new/er/two.ts')
  await hears('a/new/er/two.ts')
  rmSync(join(folder, 'a', 'new'), { recursive: true })
  await hears('a/new')
  mkdirSync(join(folder, 'a', 'new'))
  write('a/new/three.ts')
  await hears('a/new/three.ts')
  rmSync(join(folder, 'a/new/three.ts'))
  await hears('a/new/three.ts')
  watch[Symbol.dispose]()
})
