/** The rules of the list: what is known, what is asked for, which totals are read. */
import { expect, test } from 'vitest'
import { addressOf, allPolls, askedFrom, filterOf, isNarrowed } from './asked-polls.ts'
import { hearOfPolls, noPollsYet, type KnownPolls } from './known-polls.ts'
import type { PollParts, PollState } from './poll-parts.ts'
import { limitInWords } from './rules-in-words.ts'
import { countdownText } from './spans.ts'
import { totalsToRead } from './totals.ts'
import { hearOfPoll } from './use-poll.ts'

const poll = (pollId: string, more: Partial<PollParts> = {}): PollParts => ({
  pollId,
  slug: `slug-${pollId}`,
  question: `Question ${pollId}?`,
  description: '',
  state: 'draft',
  opensAt: null,
  closesAt: null,
  graceMs: 2_000,
  timeZone: 'UTC',
  visibility: 'live',
  revealedAt: null,
  isRehearsal: false,
  archivedAt: null,
  round: 1,
  previousPollId: null,
  version: 1,
  options: [],
  boxes: [],
  ...more,
})
const pageOf = (...polls: PollParts[]) => ({ polls, total: polls.length, nextAfter: null })
const shown = (...polls: PollParts[]): KnownPolls =>
  hearOfPolls(noPollsYet, { say: 'frame', page: pageOf(...polls) })
const listOf = ({ list }: KnownPolls) => (list.at === 'shown' ? list : null)
const pollsOf = (known: KnownPolls) => listOf(known)?.page.polls ?? []

test('A1 without a first frame, a lost line is told as "unreachable", not as an empty list', () => {
  expect(hearOfPolls(noPollsYet, { say: 'line', line: { at: 'lost', since: 1 } }).list).toEqual({
    at: 'unreachable',
  })
})

test('A2 polls stay on the page while the line is down, and while something else was asked for', () => {
  const lost = hearOfPolls(shown(poll('a')), { say: 'line', line: { at: 'lost', since: 1 } })
  expect(lost.list).toMatchObject({ at: 'shown', line: { at: 'lost' } })
  expect(pollsOf(lost)).toHaveLength(1)
  const asked = hearOfPolls(shown(poll('a')), { say: 'asked' })
  expect(listOf(asked)).toMatchObject({ isOld: true })
  expect(pollsOf(asked)).toHaveLength(1)
  expect(listOf(hearOfPolls(asked, { say: 'frame', page: pageOf() }))).toMatchObject({ isOld: false })
})

test('A3 a frame that left before our own command does not bring back the older poll', () => {
  const learned = hearOfPolls(shown(poll('a')), {
    say: 'learned',
    poll: poll('a', { version: 2, state: 'open' }),
  })
  const late = hearOfPolls(learned, { say: 'frame', page: pageOf(poll('a')) })
  expect(pollsOf(late)).toMatchObject([{ version: 2, state: 'open' }])
})

test('A4 a poll that we created is known to its own screen before any frame', () => {
  const learned = hearOfPolls(shown(poll('a')), { say: 'learned', poll: poll('b') })
  expect(learned.learned.get('b')).toMatchObject({ pollId: 'b' })
  // Whether it belongs on this page only the gateway knows.
  expect(pollsOf(learned).map(({ pollId }) => pollId)).toEqual(['a'])
})

test('A5 a poll that we deleted does not come back with a late frame, nor into the total', () => {
  const deleted = hearOfPolls(shown(poll('a'), poll('b')), { say: 'deleted', pollId: 'a' })
  expect(listOf(deleted)?.page.total).toBe(1)
  const late = hearOfPolls(deleted, { say: 'frame', page: pageOf(poll('a'), poll('b')) })
  expect(pollsOf(late).map(({ pollId }) => pollId)).toEqual(['b'])
  expect(listOf(late)?.page.total).toBe(1)
})

test('A6 a poll that others deleted goes with the next frame', () => {
  const known = hearOfPolls(shown(poll('a'), poll('b')), { say: 'frame', page: pageOf(poll('b')) })
  expect(pollsOf(known).map(({ pollId }) => pollId)).toEqual(['b'])
})

test('A7 what an address asks for is what it says again, and the first page of all polls needs no words', () => {
  const after = '0190a000-0000-7000-8000-000000000001'
  const asked = { state: 'open', words: 'red & blue', shelf: 'archive', after, page: 3 } as const
  expect(askedFrom(new URLSearchParams(addressOf(asked)))).toEqual(asked)
  expect(addressOf(allPolls)).toBe('')
  expect(askedFrom(new URLSearchParams(''))).toEqual(allPolls)
})

test('A8 the gateway is asked for current polls with rehearsals, for rehearsals alone, or for the archive', () => {
  expect(filterOf(allPolls)).toEqual({ state: null, search: null, archived: false, rehearsal: null })
  expect(filterOf({ ...allPolls, shelf: 'rehearsals', state: 'open', words: ' a ' })).toEqual({
    ...{ state: 'open', search: ' a ', archived: false, rehearsal: true },
  })
  expect(filterOf({ ...allPolls, shelf: 'archive' })).toMatchObject({ archived: true })
  expect([allPolls, { ...allPolls, words: '  ' }, { ...allPolls, words: 'x' }].map(isNarrowed)).toEqual([
    ...[false, false, true],
  ])
})

test('A9 what an address names wrongly filters nothing', () => {
  const wrong = new URLSearchParams('state=ajar&shelf=cellar&words=x&after=1%27--&page=7')
  expect(askedFrom(wrong)).toEqual({ ...allPolls, words: 'x' })
  const after = '0190a000-0000-7000-8000-000000000001'
  expect(askedFrom(new URLSearchParams({ after, page: '-3' })).page).toBe(2)
})

test('A10 two open polls are followed live, the others with votes are asked for: six connections are all there are', () => {
  const states: PollState[] = ['draft', 'open', 'open', 'open', 'closed', 'scheduled']
  const { live, asked } = totalsToRead(states.map((state, i) => poll(String(i), { state })))
  expect(live).toEqual(['1', '2'])
  expect(asked.map(({ pollId }) => pollId)).toEqual(['3', '4'])
})

test('A50 a poll that is refused as unknown is gone; one that the line is lost for stays', () => {
  const there = hearOfPoll({ at: 'loading' }, { say: 'frame', poll: poll('a') })
  expect(hearOfPoll(there, { say: 'line', line: { at: 'lost', since: 1 } })).toEqual(there)
  expect(hearOfPoll(there, { say: 'refused', reason: 'unavailable' })).toEqual(there)
  expect(hearOfPoll(there, { say: 'refused', reason: 'unknown-poll' })).toEqual({
    at: 'gone',
    wasThere: true,
  })
  expect(hearOfPoll({ at: 'loading' }, { say: 'refused', reason: 'bad-input' })).toEqual({
    ...{ at: 'gone', wasThere: false },
  })
  expect(hearOfPoll({ at: 'loading' }, { say: 'line', line: { at: 'lost', since: 1 } }).at).toBe(
    'unreachable',
  )
})

test('A51 limits are told in plain words, and what is left of a time as a clock', () => {
  expect(limitInWords(null)).toBe('as many votes as they like')
  expect(limitInWords({ votes: 1, perSeconds: null })).toBe('one vote in the whole poll')
  expect(limitInWords({ votes: 7, perSeconds: 60 })).toBe('7 votes in any minute')
  expect(limitInWords({ votes: 10, perSeconds: 86_400 })).toBe('10 votes in any day')
  expect(limitInWords({ votes: 2, perSeconds: 90 })).toBe('2 votes in any 90 seconds')
  const left = [-5, 59_400, 61_000, 3_600_000, 93_784_000]
  expect(left.map(countdownText)).toEqual(['0:00', '1:00', '1:01', '1:00:00', '1 d 02:03:04'])
})
