/** A question that is asked again and again while somebody looks at the page. */
import { useEffect, useState } from 'react'
import { inTime } from '../../../contracts/in-time.ts'

export type Looked<Answer> =
  | { readonly at: 'loading' }
  /** Nothing is known; it is asked for again by itself. */
  | { readonly at: 'failed' }
  /** isOld: the last look failed, so this is what was known before. */
  | { readonly at: 'shown'; readonly answer: Answer; readonly isOld: boolean }

// The gateway answers within 10 s or says that it cannot.
const answerWithinMs = 12_000
// Who looks seldom tries again soon where a look failed.
const againWithinMs = 5_000

/** `look`: another one is another question. `everyMs` counts from answer to question: a slow gateway is asked less. */
export function useLook<Answer>(
  look: (signal: AbortSignal) => Promise<Answer>,
  everyMs: number,
): Looked<Answer> {
  const [looked, setLooked] = useState<Looked<Answer>>({ at: 'loading' })
  useEffect(() => {
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isUnderWay = false
    let pauseMs = everyMs
    async function ask() {
      if (isUnderWay || document.hidden) return
      isUnderWay = true
      clearTimeout(timer)
      try {
        const answer = await inTime(answerWithinMs, look, left.signal)
        pauseMs = everyMs
        if (!left.signal.aborted) setLooked({ at: 'shown', answer, isOld: false })
      } catch {
        pauseMs = Math.min(everyMs, againWithinMs)
        if (!left.signal.aborted)
          setLooked((known) => (known.at === 'shown' ? { ...known, isOld: true } : { at: 'failed' }))
      } finally {
        isUnderWay = false
        if (!left.signal.aborted) timer = setTimeout(() => void ask(), pauseMs)
      }
    }
    document.addEventListener('visibilitychange', () => void ask(), { signal: left.signal })
    void ask()
    return () => {
      left.abort()
      clearTimeout(timer)
    }
  }, [look, everyMs])
  return looked
}
