/** Which fields of a poll may still change, and why the others may not. */
import type { PollState } from '../polls/poll-parts.ts'

export interface MayChange {
  readonly texts: boolean
  /** Address, options and the time of opening. */
  readonly frame: boolean
  readonly closesAt: boolean
  /** Null where all may change. */
  readonly why: string | null
}

export function whatMayChange(state: PollState): MayChange {
  switch (state) {
    case 'draft':
    case 'scheduled':
      return { texts: true, frame: true, closesAt: true, why: null }
    case 'open':
      return {
        texts: true,
        frame: false,
        closesAt: true,
        why: 'This poll is open. Options and address are frozen, so that every vote means what its voter saw. The question, the description and the closing time may still change.',
      }
    case 'closed':
    case 'counting':
      return {
        texts: true,
        frame: false,
        closesAt: false,
        why: 'This poll is closed. Only the question and the description may still change: its options and times are part of the result.',
      }
    case 'certified':
      return {
        texts: false,
        frame: false,
        closesAt: false,
        why: 'This poll is certified: its result is final, and nothing in it changes any more.',
      }
    default:
      return state satisfies never
  }
}
