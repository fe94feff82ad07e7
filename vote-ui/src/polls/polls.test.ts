/** The rules of the list and of what is known of one poll. */
import { expect, test } from 'vitest'
import { arrangePolls } from './arrange-polls.ts'
import { hearOfPoll } from './find-poll.ts'
import type { PollParts } from './poll-parts.ts'

function poll(slug: string, some: Partial<PollParts> = {}): PollParts {
  const times = { opensAt: null, closesAt: null }
  const words = { question: '', description: '', state: 'open' as const, version: 1 }
  const rules = { visibility: 'live' as const, revealedAt: null, isRehearsal: false, archivedAt: null }
  return { pollId: slug, slug, graceMs: 2_000, ...words, ...times, ...rules, options: [], boxes: [], ...some }
}
const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString()
const slugs = (polls: readonly PollParts[]) => polls.map(({ slug }) => slug)

test('U32 what closes first, what opens next and what ended last come first; drafts never come', () => {
  const arranged = arrangePolls([
    poll('no-end'),
    poll('ends-late', { closesAt: at(9) }),
    poll('ends-soon', { closesAt: at(8) }),
    poll('some-day', { state: 'scheduled' }),
    poll('next', { state: 'scheduled', opensAt: at(12) }),
    poll('old', { state: 'certified', closesAt: at(1) }),
    poll('fresh', { state: 'closed', closesAt: at(2) }),
    poll('secret', { state: 'draft' }),
  ])
  expect(slugs(arranged.open)).toEqual(['ends-soon', 'ends-late', 'no-end'])
  expect(slugs(arranged.coming)).toEqual(['next', 'some-day'])
  expect(slugs(arranged.over)).toEqual(['fresh', 'old'])
})

test('U33 a poll on the page outlives a silence, and never becomes an older version', () => {
  const found = hearOfPoll(
    { at: 'looking' },
    { say: 'poll', poll: poll('a', { version: 3, state: 'closed' }) },
  )
  expect(hearOfPoll(found, { say: 'silence' })).toBe(found)
  expect(hearOfPoll(found, { say: 'poll', poll: poll('a', { version: 2 }) })).toEqual(found)
})

test('U34 an address that answers nothing is unreachable, one without a poll is unknown', () => {
  expect(hearOfPoll({ at: 'looking' }, { say: 'silence' })).toEqual({ at: 'unreachable' })
  expect(hearOfPoll({ at: 'unreachable' }, { say: 'unknown' })).toEqual({ at: 'unknown' })
})
