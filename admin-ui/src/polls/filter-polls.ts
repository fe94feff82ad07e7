/** Which polls of the list a moderator asked to see. */
import { pollStates } from '../../../contracts/poll.ts'
import type { PollParts, PollState } from './poll-parts.ts'

export interface PollFilter {
  readonly state: PollState | 'all'
  readonly words: string
}

/** What needs a moderator's eye comes first, the newest first within. */
const urgency: Record<PollState, number> = {
  open: 0,
  scheduled: 1,
  draft: 2,
  counting: 3,
  closed: 4,
  certified: 5,
}

/** Every word must be somewhere in question, description, address or options; accents and case do not count. */
export function filterPolls(polls: readonly PollParts[], { state, words }: PollFilter): readonly PollParts[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean)
  return polls
    .filter((poll) => state === 'all' || poll.state === state)
    .filter((poll) => {
      const texts = [poll.question, poll.description, poll.slug, ...poll.options.map(({ text }) => text)]
      const all = plain(texts.join(' '))
      return wanted.every((word) => all.includes(word))
    })
    .toSorted((a, b) => urgency[a.state] - urgency[b.state])
}

export function countByState(polls: readonly PollParts[]): Record<PollState, number> {
  const counts = { draft: 0, scheduled: 0, open: 0, closed: 0, counting: 0, certified: 0 }
  for (const { state } of polls) counts[state] += 1
  return counts
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** The filter that an address names; what it names wrongly does not filter. */
export function filterFrom(params: URLSearchParams): PollFilter {
  const named = params.get('state')
  return {
    state: pollStates.find((state) => state === named) ?? 'all',
    words: params.get('words') ?? '',
  }
}
