/** What this house signs with: Ed25519 (RFC 8032), its public keys as a JWK set (RFC 7517, RFC 8037). */
import { z } from 'zod'

/** Where the public keys stand: of today and of all before. */
export const keysPath = '/.well-known/jwks.json'

/** kid: the first 16 characters of the key's thumbprint (RFC 7638). x: the 32 bytes in base64url. */
export const publicKeyShape = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  use: z.literal('sig'),
  kid: z.string().length(16),
  x: z.string().length(43),
})
export type PublicKey = z.infer<typeof publicKeyShape>

export const keySetShape = z.object({ keys: z.array(publicKeyShape) })
export type KeySet = z.infer<typeof keySetShape>

/** What the thumbprint of a key is the SHA-256 of: RFC 7638, section 3.2 and RFC 8037, section 2. */
export const thumbprintText = (x: string): string => `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`

/** How much of the thumbprint names a key. */
export const keyIdLength = 16
