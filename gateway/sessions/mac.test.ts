/** Rules of the MAC: it is HMAC-SHA256, to the bit. */
import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeMac } from './mac.ts'

test.each([
  [
    '0b'.repeat(20),
    Buffer.from('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    Buffer.from('Jefe').toString('hex'),
    Buffer.from('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'aa'.repeat(131),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])('MAC1 the vectors of RFC 4231 (%#)', (key, message, digest) => {
  expect(makeMac(Buffer.from(key, 'hex'))(message, 'hex')).toBe(digest)
})

test('MAC2 is what createHmac makes of it, for keys and messages of any length, one after another', () => {
  for (const keyBytes of [1, 32, 63, 64, 65, 200]) {
    const key = randomBytes(keyBytes)
    const mac = makeMac(key)
    for (const bytes of [300, 0, 1, 22, 55, 56, 64, 255, 256, 257, 3]) {
      const message = randomBytes(bytes)
      const text = message.toString('base64').slice(0, bytes) + (bytes > 100 ? 'ção' : '')
      const of = (it: string | Buffer) => createHmac('sha256', key).update(it)
      expect(mac(message, 'binary')).toBe(of(message).digest('binary'))
      expect(mac(text, 'hex')).toBe(of(text).digest('hex'))
    }
  }
})
