/** This device's votes in ballot boxes, as a component sees them. */
import { useEffect, useSyncExternalStore } from 'react'
import type { InBox } from './boxes.ts'
import type { Casting, CountedVote } from './casting.ts'
import type { Castings } from './castings.ts'

/** `last`: the newest vote that was counted, also while the next is under way. */
export function useCasting(
  castings: Castings,
  box: InBox,
): { readonly casting: Casting; readonly last: CountedVote | null } {
  const casting = useSyncExternalStore(castings.follow, () => castings.casting(box))
  const last = useSyncExternalStore(castings.follow, () => castings.last(box))
  return { casting, last }
}

/** The boxes in which this device has voted; a vote that was cut short goes out from here too. */
export function useVotedIn(castings: Castings, boxes: readonly InBox[]): ReadonlySet<string> {
  const voted = useSyncExternalStore(castings.follow, () =>
    boxes.flatMap((box) => (castings.last(box) === null ? [] : box.boxId)).join(' '),
  )
  useEffect(() => {
    for (const box of boxes) castings.resume(box)
  }, [castings, boxes])
  return new Set(voted === '' ? [] : voted.split(' '))
}
