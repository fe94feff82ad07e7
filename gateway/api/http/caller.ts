/** Who calls: the token that came with a request, and whether it is the admin's. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session } from '../../../contracts/vote.ts'
import type { Headers } from './read-plain.ts'

export interface Caller {
  /** The bearer token, or failing that the session cookie. */
  readonly token: string | null
  readonly isAdmin: boolean
}

const cookieName = 'urna_session'

type Bearing = { readonly headers: Headers<'authorization' | 'cookie'> }

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Digests are compared, in constant time: neither the token's length nor its beginning can be learnt. */
export function makeReadCaller(adminToken: string): (req: Bearing) => Caller {
  const admin = digest(adminToken)
  return (req) => {
    const bearer = bearerOf(req)
    return {
      token: bearer ?? cookieOf(req),
      isAdmin: bearer !== null && timingSafeEqual(digest(bearer), admin),
    }
  }
}

/** The token alone, where nothing depends on who else the caller may be. */
export const tokenOf = (req: Bearing): string | null => bearerOf(req) ?? cookieOf(req)

function bearerOf({ headers }: Bearing): string | null {
  if (headers.authorization === undefined) return null
  return /^Bearer +(.+)$/i.exec(headers.authorization)?.[1] ?? null
}

function cookieOf(req: Bearing): string | null {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [name, value] = part.split('=', 2)
    if (name?.trim() === cookieName && value !== undefined) return value.trim()
  }
  return null
}

/** Keeps a voter's session in a cookie that no script can read. */
export function keepSession(
  req: IncomingMessage,
  res: ServerResponse,
  session: Session,
  trustProxy: boolean,
): void {
  const livesForS = Math.max(0, Math.floor((Date.parse(session.expiresAt) - Date.now()) / 1000))
  const secure = isHttps(req, trustProxy) ? '; Secure' : ''
  res.appendHeader(
    'set-cookie',
    `${cookieName}=${session.token}; Path=/; Max-Age=${livesForS}; HttpOnly; SameSite=Lax${secure}`,
  )
}

function isHttps(req: IncomingMessage, trustProxy: boolean): boolean {
  return 'encrypted' in req.socket || (trustProxy && req.headers['x-forwarded-proto'] === 'https')
}
