/** Makes what a house in containers must have and nobody may know, once: each secret a file, and a certificate. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSecrets } from '../../local/secrets.ts'
import { makeTrialCertificate } from './trial-certificate.ts'

const folder = '/run/urna'
const certificateNames = ['localhost', '127.0.0.1', 'nginx']

const made: string[] = []

/** What is there stays; a start that is interrupted leaves no half of one. */
function keep(name: string, make: () => string): string {
  const file = join(folder, name)
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, make(), { mode: 0o600 })
    renameSync(`${file}.new`, file)
    made.push(name)
  }
  return readFileSync(file, 'utf8')
}

/** The address with the password of its server, which is told by a file of its own. */
function keepAddress(name: string, passwordName: string, address: string | undefined): void {
  const url = new URL(address ?? '')
  url.password = keep(passwordName, () => randomBytes(24).toString('base64url'))
  keep(name, () => url.href)
}

const { SESSION_SECRET, VOTER_SECRET, SIGNING_KEY, ADMIN_TOKEN } = openSecrets(folder, process.env)
keep('session-secret', () => SESSION_SECRET)
keep('voter-secret', () => VOTER_SECRET)
keep('signing-key', () => SIGNING_KEY)
keep('admin-token', () => ADMIN_TOKEN)
// In volumes of their own: who is given one of these sees no other secret.
for (const own of ['tls', 'passwords']) mkdirSync(join(folder, own), { recursive: true, mode: 0o711 })
keepAddress('database-url', 'passwords/postgres', process.env['DATABASE_URL'])
keepAddress('tallies-database-url', 'passwords/tallies-postgres', process.env['TALLIES_DATABASE_URL'])
if (!existsSync(join(folder, 'tls/certificate.pem'))) {
  const { certificate, key } = makeTrialCertificate(certificateNames)
  keep('tls/key.pem', () => key)
  keep('tls/certificate.pem', () => certificate)
}
console.log(made.length === 0 ? 'secrets: as they were' : `secrets: made ${made.join(', ')}`)
