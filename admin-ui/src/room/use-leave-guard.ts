/** Holds back whoever leaves a form that was changed and not saved, until they say that they mean it. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { AroundNavHandler } from 'wouter'

export interface LeaveGuard {
  readonly aroundNav: AroundNavHandler
  readonly setDirty: (isDirty: boolean) => void
  /** Does the deed now, or after the question. */
  readonly before: (deed: () => void) => void
  readonly isAsking: boolean
  readonly discard: () => void
  readonly stay: () => void
}

export function useLeaveGuard(): LeaveGuard {
  const dirty = useRef(false)
  const held = useRef<(() => void) | null>(null)
  const [isAsking, setAsking] = useState(false)

  const before = useCallback((deed: () => void) => {
    if (!dirty.current) return deed()
    held.current = deed
    setAsking(true)
  }, [])

  const aroundNav = useCallback<AroundNavHandler>(
    // The state tells the next screen that it was walked to, so that its heading takes the focus.
    (navigate, to, options) => before(() => navigate(to, { state: 'walked', ...options })),
    [before],
  )

  const setDirty = useCallback((isDirty: boolean) => {
    dirty.current = isDirty
  }, [])

  const discard = useCallback(() => {
    dirty.current = false
    setAsking(false)
    held.current?.()
    held.current = null
  }, [])

  const stay = useCallback(() => {
    held.current = null
    setAsking(false)
  }, [])

  useEffect(() => {
    const listening = new AbortController()
    const { signal } = listening
    window.addEventListener('beforeunload', (event) => dirty.current && event.preventDefault(), { signal })
    // Back and forward: held back where the browser lets a page do so.
    if ('navigation' in window) {
      navigation.addEventListener(
        'navigate',
        (event) => {
          if (!dirty.current || event.navigationType !== 'traverse' || !event.cancelable) return
          event.preventDefault()
          const { key } = event.destination
          before(() => void navigation.traverseTo(key))
        },
        { signal },
      )
    }
    return () => listening.abort()
  }, [before])

  return { aroundNav, setDirty, before, isAsking, discard, stay }
}
