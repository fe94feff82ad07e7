/** Asks for the admin token. */
import { useEffect, useId, useRef, useState } from 'react'
import icon from '../../../vote-ui/src/brand/icon.svg'
import type { SignInFault } from './session.ts'

export type SignInState =
  | { readonly at: 'asking'; readonly fault: SignInFault | null }
  | { readonly at: 'checking' }
  /** The gateway does not answer; it is asked again by itself. */
  | { readonly at: 'waiting' }

interface SignInParts {
  readonly state: SignInState
  readonly onToken: (token: string) => void
  readonly onCancel?: () => void
}

export function SignIn({ state, onToken, onCancel }: SignInParts) {
  const [token, setToken] = useState('')
  const [isShown, setShown] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const [fieldId, sayId] = [useId(), useId()]
  const fault = state.at === 'asking' ? state.fault : null
  const isBusy = state.at !== 'asking'

  useEffect(() => {
    document.title = 'Sign in · Urna control room'
  }, [])
  useEffect(() => {
    if (fault !== null) field.current?.select()
  }, [fault])

  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="sign-in-brand">
          <img src={icon} alt="" width="56" height="56" />
          <p>
            <strong>Urna</strong> control room
          </p>
        </div>
        <h1>Sign in</h1>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            if (!isBusy) onToken(token)
          }}
        >
          <label htmlFor={fieldId}>Admin token</label>
          <div className="sign-in-field">
            <input
              ref={field}
              id={fieldId}
              name="token"
              type={isShown ? 'text' : 'password'}
              value={token}
              onChange={(event) => setToken(event.target.value)}
              autoComplete="current-password"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              readOnly={isBusy}
              aria-describedby={sayId}
              aria-invalid={fault !== null}
            />
            <button
              type="button"
              className="button button-quiet"
              aria-pressed={isShown}
              aria-controls={fieldId}
              onClick={() => setShown(!isShown)}
            >
              {isShown ? 'Hide' : 'Show'}
              <span className="only-read"> token</span>
            </button>
          </div>
          <div id={sayId} className={fault === null ? 'sign-in-says' : 'sign-in-says is-fault'} role="status">
            {sayState(state)}
          </div>
          <div className="sign-in-buttons">
            <button type="submit" className="button button-action" aria-disabled={isBusy}>
              {isBusy ? 'Checking…' : 'Sign in'}
            </button>
            {isBusy && onCancel && (
              <button type="button" className="button" onClick={onCancel}>
                Cancel
              </button>
            )}
          </div>
        </form>
        <p className="sign-in-help">
          <code>npm start</code> prints the token, and <code>ready.json</code> in the data folder holds it. It
          stays in this tab and is gone when you close it.
        </p>
        <p className="sign-in-help">
          Only here to vote? <a href="/">Go to the polls</a>
        </p>
      </div>
    </main>
  )
}

function sayState(state: SignInState): string {
  switch (state.at) {
    case 'checking':
      return 'Asking the gateway…'
    case 'waiting':
      return 'The gateway does not answer. It is asked again by itself until it does.'
    case 'asking':
      return state.fault === null ? '' : sayFault(state.fault)
    default:
      return state satisfies never
  }
}

function sayFault(fault: SignInFault): string {
  switch (fault) {
    case 'no-token':
      return 'Enter the admin token first.'
    case 'wrong-token':
      return 'This is not the admin token of this gateway. Check that all of it was copied.'
    case 'token-changed':
      return 'The gateway no longer takes the token you signed in with. Enter the new one.'
    default:
      return fault satisfies never
  }
}
