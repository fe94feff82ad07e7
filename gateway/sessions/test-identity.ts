/** Identities for trying things out: anyone who knows the secret can vouch for anyone. No production takes them. */
import { timingSafeEqual } from 'node:crypto'
import { makeMac } from './mac.ts'

const prefix = 'test'

/** `test.<name in base64url>.<HMAC-SHA256 of the name in base64url>`. */
export function makeTestIdentity(secret: string, name: string): string {
  const mac = makeMac(Buffer.from(secret))(Buffer.from(`urna test identity ${name}`), 'hex')
  const parts = [Buffer.from(name), Buffer.from(mac, 'hex')]
  return [prefix, ...parts.map((part) => part.toString('base64url'))].join('.')
}

/** The name, or null where the token is not, to the letter, what is made of that name under this secret. */
export function readTestIdentity(secret: string, token: string): string | null {
  const name = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  const [told, right] = [Buffer.from(token), Buffer.from(makeTestIdentity(secret, name))]
  if (name === '' || told.length !== right.length || !timingSafeEqual(told, right)) return null
  return name
}
