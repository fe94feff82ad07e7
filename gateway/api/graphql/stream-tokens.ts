/** Tokens of reserved event streams: an id and an end under a MAC, so that any process can read what another issued. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface StreamToken {
  /** Names the stream among all processes. */
  readonly id: string
  /** Until then it may be opened; epoch ms. */
  readonly endsAt: number
}

export interface StreamTokens {
  readonly issue: () => string
  /** Null: it was not issued here. */
  readonly read: (token: string) => StreamToken | null
}

/** From the reservation to the stream is one round trip, on a bad line a few. */
const reservedForMs = 30_000
const idBytes = 16
const plainBytes = idBytes + 6
const macBytes = 16

export function makeStreamTokens(secret: string, now: () => number): StreamTokens {
  // The secret signs sessions as well: the word keeps the one from being the other.
  const mac = (plain: Buffer) =>
    createHmac('sha256', secret).update('event stream ').update(plain).digest().subarray(0, macBytes)

  return {
    issue() {
      const plain = Buffer.alloc(plainBytes)
      randomBytes(idBytes).copy(plain)
      plain.writeUIntBE(now() + reservedForMs, idBytes, 6)
      return Buffer.concat([plain, mac(plain)]).toString('base64url')
    },
    read(token) {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== plainBytes + macBytes) return null
      const plain = bytes.subarray(0, plainBytes)
      if (!timingSafeEqual(mac(plain), bytes.subarray(plainBytes))) return null
      return { id: plain.toString('base64url', 0, idBytes), endsAt: plain.readUIntBE(idBytes, 6) }
    },
  }
}
