/** S: the starter's own rules: options, ports, secrets, one run per data folder, and how tests are counted. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTestIdentity } from '../gateway/sessions/test-identity.ts'
import { checkDisk, lockDataFolder } from './data-folder.ts'
import { readOptions } from './options.ts'
import { vouchFor } from './identity.ts'
import { portHolder } from './port-holder.ts'
import { openPortBook } from './ports.ts'
import { writeReadyFile } from './ready-file.ts'
import { openSecrets } from './secrets.ts'
import { countTests, inOneLine } from './test-count.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'urna-starter-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('S20 an option wins over its environment variable, which wins over the default', () => {
  const env = {
    PORT: '4000',
    DATA_DIR: '/data',
    CROWD: '',
    REDIS_PORT: '7000',
    DATABASE_URL: 'postgres://there',
  }
  expect(readOptions(['--port', '5000', '--crowd=300'], env, '/urna')).toEqual({
    port: 5000,
    dataDir: '/data',
    crowd: 300,
    lan: false,
    dev: false,
    given: { databaseUrl: 'postgres://there' },
    ports: { redis: 7000 },
    readModelPort: null,
  })
  expect(readOptions([], {}, '/urna')).toMatchObject({ port: 3000, dataDir: '/urna/.urna', crowd: 0 })
  expect(readOptions(['--dev'], {}, '/urna')?.dev).toBe(true)
})

test('S21 what is not understood is refused in one line', () => {
  expect(() => readOptions(['--prot', '5000'], {}, '/urna')).toThrow(
    /^Unknown option '--prot'\. See: npm start -- --help$/,
  )
  expect(() => readOptions([], { PORT: 'http' }, '/urna')).toThrow(
    'must be a whole number from 1 to 65535, not "http"',
  )
})

test('S22 the holder of a port is found by the kernel’s own lists', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(portHolder(port)?.pid).toBe(process.pid)
  server.close()
  await once(server, 'close')
  expect(portHolder(port)).toBeNull()
})

test('S23 a port is kept for the next start, and given up only while somebody else holds it', async () => {
  const port = await openPortBook(folder).choose('redis')
  openPortBook(folder).keep('redis', port)
  expect(await openPortBook(folder).choose('redis')).toBe(port)
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  expect(await openPortBook(folder).choose('redis')).not.toBe(port)
  server.close()
})

test('S24 secrets are made once, for their owner’s eyes only, and the environment’s are not kept', () => {
  const made = openSecrets(folder, {})
  expect(openSecrets(folder, { ADMIN_TOKEN: 'mine' })).toEqual({ ...made, ADMIN_TOKEN: 'mine' })
  expect(openSecrets(folder, {})).toEqual(made)
  expect(new Set(Object.values(made)).size).toBe(5)
  expect(Buffer.from(made.SIGNING_KEY, 'base64url')).toHaveLength(32)
  expect(Buffer.from(made.SESSION_SECRET, 'base64url')).toHaveLength(32)
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600)
})

test('S25 a data folder serves one run at a time, and a dead run’s lock is no obstacle', () => {
  const lock = lockDataFolder(folder)
  expect(() => lockDataFolder(folder)).toThrow(`already runs on ${folder} (process ${process.pid})`)
  lock[Symbol.dispose]()
  writeFileSync(join(folder, 'run.lock'), `${process.pid} 12345\n`) // our number, but another life
  lockDataFolder(folder)[Symbol.dispose]()
})

test('S40 where the system tells no start times, a folder in use is refused too, and a dead run’s lock is no obstacle', () => {
  const lock = lockDataFolder(folder, '/nowhere')
  expect(() => lockDataFolder(folder, '/nowhere')).toThrow(
    `already runs on ${folder} (process ${process.pid})`,
  )
  lock[Symbol.dispose]()
  const { pid } = spawnSync(process.execPath, ['--version'])
  writeFileSync(join(folder, 'run.lock'), `${pid} unknown\n`)
  lockDataFolder(folder, '/nowhere')[Symbol.dispose]()
})

test('S26 a disk that is almost full is told before anything starts', () => {
  expect(() => checkDisk(folder, () => 500 * 1024 ** 2)).toThrow(
    /almost full \(500 MB left, 1 GB needed\): make room/,
  )
  checkDisk(folder, () => 2 * 1024 ** 3)
})

test('S27 tests are counted so that nothing fails in silence', () => {
  const count = (isGreen: boolean, isCi: boolean, ...testResults: unknown[]) => {
    const file = join(folder, 'results.json')
    writeFileSync(file, JSON.stringify({ testResults }))
    return inOneLine(countTests(file, isGreen, isCi))
  }
  const suite = (status: string, ...tests: [string, string][]) => ({
    name: 'a.test.ts',
    status,
    assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
  })
  const red: [string, string] = ['b', 'failed']
  const skipped: [string, string] = ['S1 Kafka comes back', 'skipped']
  expect(count(true, false, suite('passed', ['a', 'passed']))).toBe('1 passed, 0 failed')
  expect(count(false, false, suite('failed', ['a', 'passed'], red))).toBe('1 passed, 1 failed')
  expect(count(false, false, suite('failed'))).toBe('0 passed, 1 failed')
  expect(count(false, false, suite('passed', ['a', 'passed']))).toBe('1 passed, 1 failed')
  expect(count(true, false)).toBe('0 passed, 1 failed')
  expect(count(true, false, suite('passed', ['a', 'passed'], skipped))).toBe('1 passed, 0 failed, 1 skipped')
  expect(count(true, true, suite('passed', ['a', 'passed'], skipped))).toBe('1 passed, 1 failed')
  expect(inOneLine(countTests(join(folder, 'none.json'), true, false))).toBe('0 passed, 1 failed')
})

test('S28 test identities have a secret of their own, but in production only one that was asked for', () => {
  const made = openSecrets(folder, {})
  expect(Buffer.from(made.TEST_IDENTITY_SECRET ?? '', 'base64url')).toHaveLength(32)
  expect(openSecrets(folder, { NODE_ENV: 'production' })).toEqual({
    SESSION_SECRET: made.SESSION_SECRET,
    VOTER_SECRET: made.VOTER_SECRET,
    ADMIN_TOKEN: made.ADMIN_TOKEN,
    SIGNING_KEY: made.SIGNING_KEY,
  })
  const asked = { NODE_ENV: 'production', TEST_IDENTITY_SECRET: 'mine' }
  expect(openSecrets(folder, asked).TEST_IDENTITY_SECRET).toBe('mine')
})

test('S29 an identity is made for a name under the secret of the run at hand, and what is wrong is one line', () => {
  const vouch = (...args: string[]) => vouchFor([...args, '--data', folder], {}, '/urna')
  const begin = (testIdentitySecret: string | null) =>
    writeReadyFile(folder, {
      ...{ gatewayUrl: '', trpcUrl: '', graphqlUrl: '', voteUiUrl: 'http://vote/', adminUiUrl: '' },
      ...{ databaseUrl: '', redisUrl: '', kafkaBrokers: null, kafkaLibDir: null, adminToken: '', pids: {} },
      ...{ talliesDatabaseUrl: '', readModelUrl: '' },
      testIdentitySecret,
    })
  expect(() => vouch('Ana')).toThrow(`No Urna runs on ${folder}: npm start begins one.`)
  const secret = 'a test identity secret of this test'
  begin(secret)
  const { name, token, link } = vouch('  Zoe\u0301 da Silva ')
  expect([name, readTestIdentity(secret, token)]).toEqual(['Zo\u00e9 da Silva', 'Zo\u00e9 da Silva'])
  expect(link).toBe(`http://vote/#identity=${token}`)
  expect(() => vouch()).toThrow(/^Whose identity\? npm run identity -- NAME/)
  expect(() => vouch(' ')).toThrow(/^Whose identity\?/)
  expect(() => vouch('Ana', 'Lima')).toThrow('in quotes where it has spaces')
  expect(() => vouch('x'.repeat(101))).toThrow('at most 100 characters')
  expect(() => vouch('a\u0000b')).toThrow('no control characters')
  expect(() => vouch('Ana', '--role', 'admin')).toThrow(/^Unknown option '--role'\. Use: npm run identity/)
  begin(null)
  expect(() => vouch('Ana')).toThrow('takes no test identities: it runs in production')
})
