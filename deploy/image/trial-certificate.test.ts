/** Rules of the certificate for trying out: who trusts it is served under its names, and under no other. */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { connect, createServer } from 'node:tls'
import { makeTrialCertificate } from './trial-certificate.ts'

test('TC1 it is for its names and addresses, for a year, and its key is its own', () => {
  const now = new Date('2026-12-01T00:00:00Z')
  const made = makeTrialCertificate(['localhost', 'edge', '127.0.0.1'], now)
  const read = new X509Certificate(made.certificate)
  expect(read.subjectAltName).toBe('DNS:localhost, DNS:edge, IP Address:127.0.0.1')
  expect(read.checkHost('localhost')).toBe('localhost')
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(read.checkHost('elsewhere')).toBeUndefined()
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.checkPrivateKey(createPrivateKey(made.key))).toBe(true)
  expect(new Date(read.validFrom)).toEqual(now)
  expect(new Date(read.validTo)).toEqual(new Date('2027-12-01T00:00:00Z'))
})

test('TC2 TLS by it is authorized for who was told to trust it, and for nobody else', async () => {
  const made = makeTrialCertificate(['edge'])
  const server = createServer({ cert: made.certificate, key: made.key }, (socket) => socket.end('in'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  const port = at === null || typeof at === 'string' ? 0 : at.port
  const meet = (servername: string, ca?: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', servername, ...(ca !== undefined && { ca }) })
      socket.once('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.message))
      socket.once('data', (text: Buffer) => resolve(text.toString()))
    })
  expect(await meet('edge', made.certificate)).toBe('in')
  expect(await meet('edge')).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  expect(await meet('elsewhere', made.certificate)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  server.close()
})
