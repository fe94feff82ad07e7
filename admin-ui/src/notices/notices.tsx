/** Short words about what was just done, seen and read aloud. */
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'

type Tone = 'good' | 'bad'
interface Notice {
  readonly id: number
  readonly tone: Tone
  readonly words: string
}
type Notify = (tone: Tone, words: string) => void

const NotifyContext = createContext<Notify>(() => undefined)
export const useNotify = (): Notify => useContext(NotifyContext)

// Long enough to read twelve words twice; what went wrong stays until it is put away or something else does.
const goodForMs = 6_000

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([])
  const putAway = useCallback((id: number) => setNotices((shown) => shown.filter((one) => one.id !== id)), [])
  const notify = useCallback<Notify>(
    (tone, words) => {
      const id = performance.now()
      setNotices((shown) => [...shown.filter((one) => one.tone !== tone), { id, tone, words }])
      if (tone === 'good') setTimeout(() => putAway(id), goodForMs)
    },
    [putAway],
  )
  return (
    <NotifyContext value={notify}>
      {children}
      <div className="notices" role="status" aria-live="polite" aria-label="Notices">
        {notices.map(({ id, tone, words }) => (
          <div className={`notice notice-${tone}`} key={id}>
            <p>{words}</p>
            <button type="button" className="button button-quiet" onClick={() => putAway(id)}>
              Dismiss
            </button>
          </div>
        ))}
      </div>
    </NotifyContext>
  )
}
