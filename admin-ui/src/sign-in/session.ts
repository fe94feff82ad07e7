/** Who sits at the desk: a union, and what changes it. */

export type SignInFault = 'wrong-token' | 'token-changed' | 'no-token'

export type Session =
  | { readonly at: 'out'; readonly fault: SignInFault | null }
  /** A token was given, the gateway has not yet said what it is worth. */
  | { readonly at: 'checking'; readonly token: string }
  | { readonly at: 'in'; readonly token: string }

export type SessionNews =
  | { readonly say: 'offered'; readonly token: string }
  | { readonly say: 'admitted' }
  | { readonly say: 'refused' }
  | { readonly say: 'left' }

export function hearOfSession(session: Session, news: SessionNews): Session {
  switch (news.say) {
    case 'offered': {
      const token = news.token.trim()
      return token === '' ? { at: 'out', fault: 'no-token' } : { at: 'checking', token }
    }
    case 'admitted':
      return session.at === 'checking' ? { at: 'in', token: session.token } : session
    case 'refused':
      if (session.at === 'out') return session
      return { at: 'out', fault: session.at === 'checking' ? 'wrong-token' : 'token-changed' }
    case 'left':
      return { at: 'out', fault: null }
    default:
      return news satisfies never
  }
}

/** The token in the address (`#token=...`), or null. */
export function tokenIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token')
}
