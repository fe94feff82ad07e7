/** The frame of every screen: the deep stage with the brand and what is asked, and the floor below or beside it. */
import { useEffect, useRef, type ReactNode } from 'react'
import { Link } from 'wouter'
import { Mark } from './brand/mark.tsx'

interface StageParts {
  readonly title: string
  /** Small, above the title: where one is. */
  readonly above?: ReactNode
  /** Below the title. */
  readonly below?: ReactNode
  /** wide: the stage stands above; split: it stands beside the floor where there is room. */
  readonly shape: 'wide' | 'split'
  /** What is asked is not known yet: the focus waits for it. */
  readonly waiting?: boolean
  readonly children: ReactNode
}

export function Stage({ title, above, below, shape, waiting = false, children }: StageParts) {
  const heading = useRef<HTMLHeadingElement>(null)
  const arrived = useRef(false)
  useEffect(() => {
    document.title = title === 'Urna' ? title : `${title} · Urna`
    // Whoever comes by a link inside the page is told where they are; the first load leaves focus alone.
    if (waiting) return
    if (!arrived.current && history.state !== null) heading.current?.focus({ preventScroll: true })
    arrived.current = true
  }, [title, waiting])
  return (
    <div className="page" data-shape={shape}>
      <header className="stage">
        <div className="stage-inner">
          <Link href="/" className="brand" aria-label="Urna, all polls">
            <Mark />
            <span>Urna</span>
          </Link>
          <div className="stage-words">
            {above}
            <h1 ref={heading} tabIndex={-1} dir="auto">
              {title}
            </h1>
            {below}
          </div>
        </div>
      </header>
      <main className="floor">{children}</main>
    </div>
  )
}
