/** In which ballot box of a poll a voter votes: their own choice, or until then the one that is open to them. */
import { useState, useSyncExternalStore } from 'react'
import type { BallotBox } from '../../../contracts/poll.ts'
import type { Allowances } from './allowances.ts'
import type { InBox } from './boxes.ts'
import type { Castings } from './castings.ts'

interface BoxChoiceParts {
  readonly boxes: readonly InBox[]
  readonly rules: readonly BallotBox[]
  readonly castings: Castings
  readonly allowances: Allowances
}

/** The choice stays with a vote that is under way or cast: nothing may move away under a voter's hand. */
export function useBoxChoice({ boxes, rules, castings, allowances }: BoxChoiceParts) {
  const [picked, pick] = useState(() => underWayIn(boxes, castings))
  const offered = useSyncExternalStore(allowances.follow, () => offer(boxes, rules, allowances))
  return { boxId: picked ?? offered, pick }
}

const underWayIn = (boxes: readonly InBox[], castings: Castings): string | null =>
  boxes.find((box) => ['sending', 'offline', 'refused'].includes(castings.casting(box).at))?.boxId ?? null

/** What a verified voter alone may do comes before what everyone may. */
function offer(boxes: readonly InBox[], rules: readonly BallotBox[], allowances: Allowances): string {
  const ofKind = (voters: BallotBox['voters']) => boxes.filter((_, boxNo) => rules[boxNo]?.voters === voters)
  const verified = ofKind('verified').find((box) => {
    const its = allowances.of(box)
    return its !== null && its.mayVote && its.remaining !== 0
  })
  const first = verified ?? ofKind('device')[0] ?? boxes[0]
  return first?.boxId ?? ''
}
