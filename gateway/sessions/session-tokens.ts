/** Voter sessions: a random id, an end and perhaps an identity, under a MAC, so that no store has to know them. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { CallRefusal } from '../../contracts/refusals.ts'
import type { Session } from '../../contracts/vote.ts'
import { makeMac } from './mac.ts'
import type { Voter } from './voter.ts'

const idBytes = 16
const endBytes = 6
const identityBytes = 16
const macBytes = 32
const plainBytes = idBytes + endBytes

export type ReadSession =
  | { readonly genuine: true; readonly voter: Voter }
  | { readonly genuine: false; readonly reason: CallRefusal }

export interface Sessions {
  /** A new session, or the one of this token renewed. */
  readonly start: (previous: string | null) => Session
  /** The session of this token, or a new one, with an identity of 32 hex digits. */
  readonly verify: (previous: string | null, verifiedId: string) => Session
  readonly read: (token: string | null) => ReadSession
}

/**
 * A token is base64url(id, 16 bytes | end in epoch seconds, 6 bytes | identity, 16 bytes or none | HMAC-SHA256 of what
 * stands before, 32 bytes). A session that is renewed, also one that has ended, keeps its id: whoever voted stays the
 * same voter. One that has ended loses its identity: who vouched for it did so for that time.
 */
export function makeSessions(options: {
  readonly secret: string
  readonly liveForMs: number
  readonly now: () => number
}): Sessions {
  const macText = makeMac(Buffer.from(options.secret))
  const mac = (body: Buffer) => Buffer.from(macText(body, 'binary'), 'binary')

  interface Opened {
    readonly id: Buffer
    readonly endMs: number
    readonly identity: Buffer | null
  }

  function open(token: string): Opened | null {
    const bytes = Buffer.from(token, 'base64url')
    const bodyBytes = bytes.length - macBytes
    if (bodyBytes !== plainBytes && bodyBytes !== plainBytes + identityBytes) return null
    const body = bytes.subarray(0, bodyBytes)
    if (!timingSafeEqual(mac(body), bytes.subarray(bodyBytes))) return null
    return {
      id: body.subarray(0, idBytes),
      endMs: body.readUIntBE(idBytes, endBytes) * 1000,
      identity: bodyBytes === plainBytes ? null : body.subarray(plainBytes),
    }
  }

  function issue(id: Buffer, identity: Buffer | null): Session {
    const endSeconds = Math.floor((options.now() + options.liveForMs) / 1000)
    const end = Buffer.alloc(endBytes)
    end.writeUIntBE(endSeconds, 0, endBytes)
    const body = Buffer.concat([id, end, ...(identity === null ? [] : [identity])])
    return {
      token: Buffer.concat([body, mac(body)]).toString('base64url'),
      expiresAt: new Date(endSeconds * 1000).toISOString(),
    }
  }

  const opened = (token: string | null) => (token === null ? null : open(token))
  return {
    start(previous) {
      const before = opened(previous)
      const stillVerified = before !== null && before.endMs > options.now()
      return issue(before?.id ?? randomBytes(idBytes), stillVerified ? before.identity : null)
    },
    verify: (previous, verifiedId) =>
      issue(opened(previous)?.id ?? randomBytes(idBytes), Buffer.from(verifiedId, 'hex')),
    read(token) {
      if (token === null || token === '') return { genuine: false, reason: 'session-missing' }
      const its = open(token)
      if (its === null) return { genuine: false, reason: 'session-forged' }
      if (its.endMs <= options.now()) return { genuine: false, reason: 'session-expired' }
      const verifiedId = its.identity?.toString('hex') ?? null
      return { genuine: true, voter: { deviceId: its.id.toString('hex'), verifiedId } }
    },
  }
}
