/** Identities for trying things out: anyone who knows the secret can vouch for anyone. No production takes them. */
import { timingSafeEqual } from 'node:crypto'
import { makeMac } from './mac.ts'

const prefix = 'test'

/** `test.<name in base64url>.<HMAC-SHA256 of the name in base64url>`. */
export function makeTestIdentity(secret: string, name: string): string {
  return `${prefix}.${Buffer.from(name).toString('base64url')}.${macOf(secret, name).toString('base64url')}`
}

/** The name, or null where the token was not made under this secret. */
export function readTestIdentity(secret: string, token: string): string | null {
  const [kind, nameText = '', macText = '', ...more] = token.split('.')
  if (kind !== prefix || more.length > 0) return null
  const name = Buffer.from(nameText, 'base64url').toString()
  const [told, right] = [Buffer.from(macText, 'base64url'), macOf(secret, name)]
  if (name === '' || told.length !== right.length || !timingSafeEqual(told, right)) return null
  return name
}

const macOf = (secret: string, name: string) =>
  Buffer.from(makeMac(Buffer.from(secret))(Buffer.from(`urna test identity ${name}`), 'hex'), 'hex')
