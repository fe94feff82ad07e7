/** Who vouches for this voter: takes the token from the address, and tells what the gateway made of it. */
import { backoffMs } from '../../../contracts/backoff.ts'
import { told } from '../../../contracts/client.ts'
import type { ClientStorage } from '../../../contracts/client-storage.ts'

export type IdentityState =
  | 'none'
  | 'asking'
  /** No answer yet; it is asked again by itself. */
  | 'unreachable'
  | 'verified'
  | 'refused'

interface IdentityParts {
  readonly verify: (identityToken: string) => Promise<unknown>
  readonly onVerified: () => void
  /** Where a token waits for its answer: it is gone from the address, and a reload must not lose it. */
  readonly storage: ClientStorage
  readonly rest?: (ms: number) => Promise<void>
}

const tokenPlace = 'urna.identity-token'

export type Identity = ReturnType<typeof makeIdentity>

export function makeIdentity({ verify, onVerified, storage, rest = waitFor }: IdentityParts) {
  const listeners = new Set<() => void>()
  let state: IdentityState = 'none'
  let asked: string | null = null

  function become(next: IdentityState) {
    if (state === next) return
    state = next
    for (const listener of listeners) listener()
  }

  /** A later token takes the place of one that is still being asked for. */
  async function show(token: string) {
    if (asked === token) return
    asked = token
    storage.setItem(tokenPlace, token)
    become('asking')
    for (let tries = 1; asked === token; tries++) {
      try {
        await verify(token)
        if (asked !== token) return
        storage.removeItem(tokenPlace)
        become('verified')
        onVerified()
        return
      } catch (error) {
        const { status } = told(error)
        if (asked !== token) return
        if (status !== null && status < 500 && status !== 429) {
          asked = null
          storage.removeItem(tokenPlace)
          return become('refused')
        }
        become('unreachable')
        await rest(backoffMs(tries))
      }
    }
  }

  return {
    state: () => state,
    show: (token: string) => void show(token),
    /** Asks for a token that an earlier page of this tab heard no answer to. */
    resume() {
      const token = storage.getItem(tokenPlace)
      if (token !== null) void show(token)
    },
    dismiss: () => become('none'),
    follow(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The token of `#identity=TOKEN`, or null where the fragment is another. */
export function tokenIn(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('identity')
  return token === null || token === '' ? null : token
}

const waitFor = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
