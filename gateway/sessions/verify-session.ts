/** What `session.verify` does: asks who vouches for this voter, and puts a name that nobody can read into the session. */
import type { Session } from '../../contracts/vote.ts'
import type { Sessions } from './session-tokens.ts'
import { readTestIdentity } from './test-identity.ts'

/** Null where nobody whom this server trusts vouches for anyone by this token. */
export function makeVerifySession(parts: {
  readonly sessions: Pick<Sessions, 'verify'>
  /** Of an identity, 32 hex digits. */
  readonly verifiedId: (identity: string) => string
  /** Null: no test identities. */
  readonly testIdentitySecret: string | null
}): (previous: string | null, identityToken: string) => Session | null {
  const { sessions, verifiedId, testIdentitySecret } = parts
  return (previous, identityToken) => {
    const name = testIdentitySecret === null ? null : readTestIdentity(testIdentitySecret, identityToken)
    // Whoever vouches has a word of their own before the name: the same name from another is another person.
    return name === null ? null : sessions.verify(previous, verifiedId(`test/${name}`))
  }
}
