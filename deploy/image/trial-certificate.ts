/** Makes a certificate to try TLS out with: signed by itself, for the names that it is given. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface TrialCertificate {
  readonly certificate: string
  readonly key: string
}

const livesForDays = 365

/** Names of hosts, or IPv4 addresses. Browsers warn of it once; a program is told to trust it by its file. */
export function makeTrialCertificate(names: readonly string[], now = new Date()): TrialCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const until = new Date(now.getTime() + livesForDays * 24 * 60 * 60 * 1_000)
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40 // a positive number without leading zeros
  const name = sequence(set(sequence(oid(commonName), utf8('Urna, for trying out'))))
  const algorithm = sequence(oid(ecdsaWithSha256))
  // RFC 5280, 4.1: the fields of a certificate in their order.
  const certified = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    algorithm,
    name,
    sequence(time(now), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      3,
      sequence(
        extension(subjectAltName, sequence(...names.map(generalName))),
        // A root of its own, so that it can be trusted by itself.
        extension(basicConstraints, sequence(der(0x01, Buffer.from([0xff])))),
        extension(extendedKeyUsage, sequence(oid(serverAuth))),
      ),
    ),
  )
  const signature = bits(sign('sha256', certified, privateKey))
  return {
    certificate: pem('CERTIFICATE', sequence(certified, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

// The bytes of object identifiers: 2.5.4.3, 1.2.840.10045.4.3.2, 2.5.29.17, 2.5.29.19, 2.5.29.37, 1.3.6.1.5.5.7.3.1
const commonName = '550403'
const ecdsaWithSha256 = '2a8648ce3d040302'
const subjectAltName = '551d11'
const basicConstraints = '551d13'
const extendedKeyUsage = '551d25'
const serverAuth = '2b06010505070301'

/** X.690: type, length, content; a length of 128 and more is told in bytes that are counted first. */
function der(type: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([type, body.length]), body])
  const hex = body.length.toString(16)
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([type, 0x80 | length.length]), length, body])
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts)
const tagged = (no: number, part: Uint8Array) => der(0xa0 | no, part)
const integer = (bytes: Uint8Array) => der(0x02, bytes)
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const utf8 = (text: string) => der(0x0c, Buffer.from(text))
const octets = (bytes: Uint8Array) => der(0x04, bytes)
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes)
const extension = (id: string, value: Uint8Array) => sequence(oid(id), octets(value))

/** UTCTime, such as 261201000000Z: what RFC 5280 asks for until 2049. */
const time = (at: Date) =>
  der(
    0x17,
    Buffer.from(
      at
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  )

const address = /^\d+\.\d+\.\d+\.\d+$/

function generalName(name: string): Buffer {
  return address.test(name)
    ? der(0x87, Buffer.from(name.split('.').map(Number)))
    : der(0x82, Buffer.from(name))
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
