/** Signs with Ed25519, and checks what was signed: node:crypto, 40 us a signature. */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** What a private key begins with in PKCS #8 (RFC 8410); its 32 bytes follow. */
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex')
/** What a public key begins with in SPKI. */
const publicHead = Buffer.from('302a300506032b6570032100', 'hex')

export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Buffer
  /** 64 bytes. The same text is signed the same way every time. */
  readonly sign: (text: string) => Buffer
}

/** `seed`: the 32 bytes of the private key. */
export function openSigningKey(seed: Buffer): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([privateHead, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    publicKey: spki.subarray(publicHead.length),
    sign: (text) => sign(null, Buffer.from(text), key),
  }
}

/** Checks signatures of one public key, 32 bytes. */
export function makeCheckSignature(publicKey: Buffer): (text: string, signature: Buffer) => boolean {
  const key: KeyObject = createPublicKey({
    key: Buffer.concat([publicHead, publicKey]),
    format: 'der',
    type: 'spki',
  })
  return (text, signature) => verify(null, Buffer.from(text), key, signature)
}

/** The start of the key's thumbprint (RFC 7638), which names it: see contracts/signing.ts. */
export function nameOfKey(thumbprintText: string, length: number): string {
  return createHash('sha256').update(thumbprintText).digest('base64url').slice(0, length)
}
