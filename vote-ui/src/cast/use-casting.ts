/** This device's vote in one poll, as a component sees it. */
import { useEffect, useSyncExternalStore } from 'react'
import type { Casting } from './casting.ts'
import type { Castings } from './castings.ts'

export function useCasting(castings: Castings, pollId: string): Casting {
  const casting = useSyncExternalStore(castings.follow, () => castings.casting(pollId))
  useEffect(() => castings.resume(pollId), [castings, pollId])
  return casting
}
