/** A poll's state as a word with a mark. */
import type { PollState } from './poll-parts.ts'

const words: Record<PollState, string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  open: 'Open',
  closed: 'Closed',
  counting: 'Counting',
  certified: 'Certified',
}
export const stateInWords = (state: PollState): string => words[state]

export function StateBadge({ state }: { state: PollState }) {
  return <span className={`badge badge-${state}`}>{words[state]}</span>
}
