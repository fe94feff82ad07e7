/** Which totals of a list are followed live, and which are asked for once. */
import type { PollParts } from './poll-parts.ts'

// A browser allows six connections to one origin: two for polls and pipeline, two spare for commands and other tabs.
const mostLive = 2

/** Only open polls change by themselves; drafts and scheduled polls have no votes to ask for. */
export function totalsToRead(polls: readonly PollParts[]): {
  live: readonly string[]
  asked: readonly PollParts[]
} {
  const live = polls
    .filter(({ state }) => state === 'open')
    .slice(0, mostLive)
    .map(({ pollId }) => pollId)
  const asked = polls.filter(
    ({ pollId, state }) => !live.includes(pollId) && state !== 'draft' && state !== 'scheduled',
  )
  return { live, asked }
}
