/** Writes the certificates that Node trusts as a key store of Java: an unpacked Java comes without any. */
import { createHash, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'

// The form is Java's oldest, "JKS", read by every Java: no tool that writes a store of many certificates at once comes
// with Debian's Java alone. Described in the sources of sun.security.provider.JavaKeyStore.
const magic = 0xfeedfeed
const version = 2
const trustedCertificate = 2
const seasoning = 'Mighty Aphrodite'
const password = 'changeit' // Java's own default; it guards nothing but the checksum

/** Those that come with Node, those of the system, and what NODE_EXTRA_CA_CERTS adds; gives their number. */
export function writeJavaTrust(file: string): number {
  const texts = new Set([...getCACertificates('default'), ...getCACertificates('system')])
  const certificates = [...texts].map((text) => new X509Certificate(text).raw)
  const entries = certificates.flatMap((raw, i) => [
    numbers(trustedCertificate),
    name(`trusted-${i}`),
    Buffer.alloc(8), // made at: unknown
    name('X.509'),
    numbers(raw.length),
    raw,
  ])
  const store = Buffer.concat([numbers(magic, version, certificates.length), ...entries])
  const key = Buffer.from(password, 'utf16le').swap16()
  const checksum = createHash('sha1').update(key).update(seasoning).update(store).digest()
  writeFileSync(file, Buffer.concat([store, checksum]))
  return certificates.length
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i)
  return bytes
}

function name(text: string): Buffer {
  const bytes = Buffer.alloc(2 + text.length)
  bytes.writeUInt16BE(text.length)
  bytes.write(text, 2, 'latin1')
  return bytes
}
