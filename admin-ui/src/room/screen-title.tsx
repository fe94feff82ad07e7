/** The heading of a screen: names the tab, and takes the focus when the screen comes. */
import { useEffect, useRef } from 'react'

export function ScreenTitle({ title }: { title: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Urna control room`
  }, [title])
  useEffect(() => {
    // Not on the first screen of a visit, where the browser begins at the top by itself.
    if (history.state !== null) heading.current?.focus()
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {title}
    </h1>
  )
}
