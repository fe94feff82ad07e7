/** SHA-256 and Ed25519 for a browser, in JavaScript: a page without https has no WebCrypto. */
import { hashes, verify } from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import type { ProofTools } from '../../../contracts/check-proof.ts'

hashes.sha512 = sha512

export const proofTools: ProofTools = {
  sha256,
  // As RFC 8032 has it: a signature has one form, and a key of small order signs nothing.
  verify: (signature, message, publicKey) => verify(signature, message, publicKey, { zip215: false }),
}
