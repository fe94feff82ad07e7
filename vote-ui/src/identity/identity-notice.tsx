/** Says what became of the link that vouches for the voter. */
import { useSyncExternalStore } from 'react'
import type { Identity, IdentityState } from './identity.ts'

export function IdentityNotice({ identity }: { identity: Identity }) {
  const state = useSyncExternalStore(identity.follow, identity.state)
  const words = identityWords[state]
  return (
    <div role="status" aria-live="polite">
      {words !== null && (
        <p className={`notice identity-notice ${words.look}`} data-identity={state}>
          <span>
            <strong>{words.title}</strong> {words.text}
          </span>
          {(state === 'verified' || state === 'refused') && (
            <button type="button" className="button-quiet" onClick={identity.dismiss}>
              OK
            </button>
          )}
        </p>
      )}
    </div>
  )
}

const identityWords: Record<IdentityState, { title: string; text: string; look: string } | null> = {
  none: null,
  asking: { title: 'Checking who you are…', text: '', look: 'notice-plain' },
  unreachable: {
    title: 'No connection right now.',
    text: 'Who you are is checked by itself as soon as the line is back.',
    look: 'notice-warn',
  },
  verified: {
    title: 'You are verified.',
    text: 'On this device you can now vote as a verified voter.',
    look: 'notice-good',
  },
  refused: {
    title: 'We could not verify you.',
    text: 'Nobody whom we trust vouches for this link: it may be cut off or too old. Please ask for a new one.',
    look: 'notice-bad',
  },
}
