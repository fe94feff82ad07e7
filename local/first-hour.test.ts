/** FH: what is told and done for whoever tries Urna out on a machine of theirs. */
import { mkdirSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from './data-folder.ts'
import { examine, inLines } from './doctor.ts'
import { lanAddresses, lanWelcome } from './lan.ts'
import { readOptions } from './options.ts'
import { fitToPlatform } from './platform.ts'
import { deleteLeftovers, findLeftovers, readWish } from './reset.ts'

const checkout = dirname(import.meta.dirname)
let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'urna-first-hour-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('FH1 the address for a phone is the home network’s, before what containers and tunnels made', () => {
  const at = (address: string, internal = false) =>
    [{ family: 'IPv4', address, internal, netmask: '', mac: '', cidr: null }] as const
  const interfaces = {
    lo: [...at('127.0.0.1', true)],
    docker0: [...at('172.17.0.1')],
    eth1: [...at('169.254.3.4')],
    eth0: [...at('203.0.113.5')],
    wlan0: [...at('192.168.1.20')],
  }
  const addresses = lanAddresses(interfaces)
  expect(addresses).toEqual(['192.168.1.20', '203.0.113.5', '172.17.0.1', '169.254.3.4'])
  const said = lanWelcome(addresses, 3000)
  expect(said).toContain('In the room   http://192.168.1.20:3000/')
  expect(said).toMatch(/[█▀▄ ]{20}/)
  expect(lanWelcome([], 3000)).toContain('no address in a network')
})

test('FH2 where we bring no services, three addresses are enough, and without them one line says what to do', () => {
  const given = { databaseUrl: 'postgres://a:b@c:5432/urna', redisUrl: 'redis://c', kafkaBrokers: 'c:9092' }
  expect(fitToPlatform(given, 'darwin-arm64')).toEqual({
    ...given,
    talliesDatabaseUrl: 'postgres://a:b@c:5432/urna_tallies',
  })
  expect(() => fitToPlatform({ redisUrl: 'redis://c' }, 'darwin-arm64')).toThrow(
    /^Urna brings no services of its own for darwin-arm64: run "docker compose up", or set DATABASE_URL, REDIS_URL and KAFKA_BROKERS to yours\.$/,
  )
  expect(fitToPlatform({}, 'linux-arm64')).toEqual({})
})

test('FH3 reset deletes data of Urna and Postgres’ place beside it, nothing else, and nothing that is in use', () => {
  const dataDir = join(folder, 'data')
  expect(findLeftovers(dataDir)).toBeNull()
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'thesis.txt'), 'somebody’s life')
  expect(() => findLeftovers(dataDir)).toThrow(`${dataDir} holds no data of Urna`)
  writeFileSync(join(dataDir, 'secrets.json'), '{}') // a name that others use as well
  expect(() => findLeftovers(dataDir)).toThrow(`${dataDir} holds no data of Urna`)
  writeFileSync(join(dataDir, 'ports.json'), '{}')
  writeFileSync(join(dataDir, 'postgres.place'), `${folder}\n`) // not of the form we make: not ours to delete
  const found = findLeftovers(dataDir)
  expect(found?.folders).toEqual([dataDir])
  if (found === null) return
  const lock = lockDataFolder(dataDir)
  expect(() => deleteLeftovers(dataDir, found)).toThrow(`already runs on ${dataDir}`)
  expect(existsSync(join(dataDir, 'ports.json'))).toBe(true)
  lock[Symbol.dispose]()
  deleteLeftovers(dataDir, found)
  expect(readdirSync(dataDir)).toEqual(['thesis.txt'])
  expect(existsSync(folder)).toBe(true)
  expect(() => readWish(['--force'], {}, '/urna')).toThrow(/^Unknown option '--force'\. Use: npm run reset/)
})

test('FH4 doctor names who holds a port and what mends it, and finds nothing to mend once it is free', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = String(typeof address === 'object' && address !== null ? address.port : 0)
  const look = async () => {
    const options = readOptions(['--port', port, '--data', folder], {}, checkout)
    return options === null ? [] : examine(options, checkout)
  }
  const found = await look()
  expect(found).toContainEqual({
    what: `Port ${port}`,
    state: 'missing',
    found: expect.stringContaining(`taken by process ${process.pid}`),
    mend: expect.stringContaining('npm start -- --port PORT'),
  })
  expect(inLines(found)).toContain('npm start cannot work until what is MISSING is mended.')
  server.close()
  await once(server, 'close')
  const then = await look()
  expect(then.filter(({ state }) => state === 'missing')).toEqual([])
  expect(inLines(then)).toContain('npm start will work.')
  const withOwn = readOptions([], { REDIS_URL: 'redis://there', KAFKA_BROKERS: 'there:9092' }, checkout)
  const yours = withOwn === null ? [] : await examine(withOwn, checkout)
  expect(yours.filter(({ found }) => found.startsWith('yours')).map(({ what }) => what)).toEqual([
    'Redis',
    'Kafka',
  ])
})
