/** UP: what was unpacked, not installed, works where it lies. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cacheFolder } from '../services.ts'
import { makeTempFolder, removeTempFolder } from '../temp-folder.ts'
import { keepLinksInside } from './debian.ts'
import { lookForJava } from './java-program.ts'
import { writeJavaTrust } from './java-trust.ts'

let folder: string
beforeAll(() => void (folder = makeTempFolder('urna-unpacked-')))
afterAll(() => removeTempFolder(folder))

test('UP1 a link to a file of the same package finds it beside itself; any other is left as it is', () => {
  const root = join(folder, 'links')
  for (const place of ['etc/java', 'usr/lib/java']) mkdirSync(join(root, place), { recursive: true })
  writeFileSync(join(root, 'etc/java/policy'), 'of the package')
  const links = { policy: '/etc/java/policy', near: 'policy', elsewhere: '/etc/hostname-of-nobody' }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, 'usr/lib/java', name))
  keepLinksInside(root)
  const targets = Object.keys(links).map((name) => readlinkSync(join(root, 'usr/lib/java', name)))
  expect(targets).toEqual(['../../../etc/java/policy', 'policy', '/etc/hostname-of-nobody'])
  expect(readFileSync(join(root, 'usr/lib/java/near'), 'utf8')).toBe('of the package')
})

test("UP2 Java's own tool reads every certificate of the trust store we write, and its checksum holds", () => {
  const { java } = lookForJava(cacheFolder())
  const store = join(folder, 'cacerts')
  const written = writeJavaTrust(store)
  expect(written).toBeGreaterThanOrEqual(getCACertificates('default').length)
  const keytool = java?.includes('/') === true ? join(dirname(java), 'keytool') : 'keytool'
  const list = ['-list', '-keystore', store, '-storepass', 'changeit']
  const printed = execFileSync(keytool, list, { encoding: 'utf8' })
  expect(printed.match(/trustedCertEntry/g)).toHaveLength(written)
})
