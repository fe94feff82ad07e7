/** Where a poll stands for a voter: before, during, or after the vote. */
import type { PollParts } from './poll-parts.ts'

export type PollPhase = 'coming' | 'open' | 'over'

export function pollPhase({ state }: Pick<PollParts, 'state'>): PollPhase {
  switch (state) {
    case 'draft':
    case 'scheduled':
      return 'coming'
    case 'open':
      return 'open'
    case 'closed':
    case 'counting':
    case 'certified':
      return 'over'
    default:
      return state satisfies never
  }
}
