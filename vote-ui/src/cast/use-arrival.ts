/** Notices that a vote's answer came while the voter was looking, and takes the focus to it. */
import { useEffect, useRef, useState } from 'react'
import type { Casting } from './casting.ts'

/** `fresh`: the page was there before the answer. A returning voter's page takes no focus away. */
export function useArrival(at: Casting['at']) {
  const heading = useRef<HTMLHeadingElement>(null)
  const [first] = useState(at)
  const fresh = at !== first
  useEffect(() => {
    if (fresh && (at === 'counted' || at === 'refused')) heading.current?.focus()
  }, [fresh, at])
  return { heading, fresh }
}
