/** Which fields of a poll may still change, and why the others may not. */
import type { PollState } from '../polls/poll-parts.ts'

export interface MayChange {
  readonly texts: boolean
  /** Address, options, ballot boxes, time zone and the time of opening. */
  readonly frame: boolean
  readonly visibility: boolean
  readonly closesAt: boolean
  /** Null where all may change. */
  readonly why: string | null
}

export function whatMayChange(state: PollState): MayChange {
  switch (state) {
    case 'draft':
    case 'scheduled':
      return { texts: true, frame: true, visibility: true, closesAt: true, why: null }
    case 'open':
      return {
        ...{ texts: true, frame: false, visibility: true, closesAt: true },
        why: 'This poll has opened. What its voters act upon is frozen, so that every vote means what its voter saw. The question, the description, the visibility and the closing time may still change.',
      }
    case 'closed':
    case 'counting':
      return {
        ...{ texts: true, frame: false, visibility: true, closesAt: false },
        why: 'This poll is closed. The question, the description and the visibility may still change: the rest is part of the result.',
      }
    case 'certified':
      return {
        ...{ texts: false, frame: false, visibility: false, closesAt: false },
        why: 'This poll is certified: its result is final, and nothing in it changes any more.',
      }
    default:
      return state satisfies never
  }
}
