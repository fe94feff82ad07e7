/** The session of this tab: from the address, from the tab's storage, or from the form. */
import { useCallback, useEffect, useReducer } from 'react'
import { hearOfSession, tokenIn, type Session } from './session.ts'

const storageKey = 'urna.admin-token'

export interface SessionDoor {
  readonly session: Session
  readonly offer: (token: string) => void
  readonly admit: () => void
  readonly refuse: () => void
  readonly leave: () => void
}

/** Takes the token out of the address at once, so that no shared screen and no history shows it. */
export function takeTokenFromAddress(): string | null {
  const token = tokenIn(location.hash)
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

export function startSession(token: string | null): Session {
  if (token !== null && token.trim() !== '') return { at: 'checking', token: token.trim() }
  const kept = sessionStorage.getItem(storageKey)
  return kept === null ? { at: 'out', fault: null } : { at: 'in', token: kept }
}

export function useSession(start: Session): SessionDoor {
  const [session, hear] = useReducer(hearOfSession, start)

  // A token that the gateway has not yet admitted is not kept.
  useEffect(() => {
    if (session.at === 'in') sessionStorage.setItem(storageKey, session.token)
    if (session.at === 'out') sessionStorage.removeItem(storageKey)
  }, [session])

  useEffect(() => {
    const listening = new AbortController()
    const look = () => {
      const token = takeTokenFromAddress()
      if (token !== null) hear({ say: 'offered', token })
    }
    window.addEventListener('hashchange', look, { signal: listening.signal })
    return () => listening.abort()
  }, [])

  const offer = useCallback((token: string) => hear({ say: 'offered', token }), [])
  const admit = useCallback(() => hear({ say: 'admitted' }), [])
  const refuse = useCallback(() => hear({ say: 'refused' }), [])
  const leave = useCallback(() => hear({ say: 'left' }), [])
  return { session, offer, admit, refuse, leave }
}
