/** Anonymous voter sessions: a random id and an end, under a MAC, so that no store has to know them. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { CallRefusal } from '../../contracts/refusals.ts'
import type { Session } from '../../contracts/vote.ts'
import { makeMac } from './mac.ts'

const idBytes = 16
const endBytes = 6
const macBytes = 32

/** sessionId: 32 hex digits. */
export type ReadSession =
  | { readonly genuine: true; readonly sessionId: string }
  | { readonly genuine: false; readonly reason: CallRefusal }

export interface Sessions {
  /** A new session, or the one of this token renewed. */
  readonly start: (previous: string | null) => Session
  readonly read: (token: string | null) => ReadSession
}

/**
 * A token is base64url(id, 16 bytes | end in epoch seconds, 6 bytes | HMAC-SHA256 of both, 32 bytes). A session
 * that is renewed, also one that has ended, keeps its id: whoever voted stays the same voter.
 */
export function makeSessions(options: {
  readonly secret: string
  readonly liveForMs: number
  readonly now: () => number
}): Sessions {
  const macText = makeMac(Buffer.from(options.secret))
  const mac = (body: Buffer) => Buffer.from(macText(body, 'binary'), 'binary')

  function open(token: string): { id: Buffer; endMs: number } | null {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length !== idBytes + endBytes + macBytes) return null
    const body = bytes.subarray(0, idBytes + endBytes)
    if (!timingSafeEqual(mac(body), bytes.subarray(idBytes + endBytes))) return null
    return { id: body.subarray(0, idBytes), endMs: body.readUIntBE(idBytes, endBytes) * 1000 }
  }

  return {
    start(previous) {
      const id = (previous === null ? null : open(previous))?.id ?? randomBytes(idBytes)
      const endSeconds = Math.floor((options.now() + options.liveForMs) / 1000)
      const end = Buffer.alloc(endBytes)
      end.writeUIntBE(endSeconds, 0, endBytes)
      const body = Buffer.concat([id, end])
      return {
        token: Buffer.concat([body, mac(body)]).toString('base64url'),
        expiresAt: new Date(endSeconds * 1000).toISOString(),
      }
    },
    read(token) {
      if (token === null || token === '') return { genuine: false, reason: 'session-missing' }
      const opened = open(token)
      if (opened === null) return { genuine: false, reason: 'session-forged' }
      if (opened.endMs <= options.now()) return { genuine: false, reason: 'session-expired' }
      return { genuine: true, sessionId: opened.id.toString('hex') }
    },
  }
}
