/** The rules of the list: what is known, what is shown, which totals are read. */
import { expect, test } from 'vitest'
import { filterFrom, filterPolls } from './filter-polls.ts'
import { hearOfPolls, noPollsYet, type KnownPolls } from './known-polls.ts'
import type { PollParts, PollState } from './poll-parts.ts'
import { totalsToRead } from './totals.ts'

const poll = (pollId: string, more: Partial<PollParts> = {}): PollParts => ({
  pollId,
  slug: `slug-${pollId}`,
  question: `Question ${pollId}?`,
  description: '',
  state: 'draft',
  opensAt: null,
  closesAt: null,
  version: 1,
  options: [],
  boxes: [],
  ...more,
})
const shown = (...polls: PollParts[]): KnownPolls => ({
  at: 'shown',
  polls,
  line: { at: 'live' },
  deleted: [],
})
const pollsOf = (known: KnownPolls) => (known.at === 'shown' ? known.polls : [])

test('A1 without a first frame, a lost line is told as "unreachable", not as an empty list', () => {
  expect(hearOfPolls(noPollsYet, { say: 'line', line: { at: 'lost', since: 1 } })).toEqual({
    at: 'unreachable',
  })
})

test('A2 polls stay on the page while the line is down', () => {
  const lost = hearOfPolls(shown(poll('a')), { say: 'line', line: { at: 'lost', since: 1 } })
  expect(lost).toMatchObject({ at: 'shown', line: { at: 'lost' } })
  expect(pollsOf(lost)).toHaveLength(1)
})

test('A3 a frame that left before our own command does not bring back the older poll', () => {
  const learned = hearOfPolls(shown(poll('a')), {
    say: 'learned',
    poll: poll('a', { version: 2, state: 'open' }),
  })
  const late = hearOfPolls(learned, { say: 'frame', polls: [poll('a')] })
  expect(pollsOf(late)).toMatchObject([{ version: 2, state: 'open' }])
})

test('A4 a poll that we created is in the list before the next frame', () => {
  const learned = hearOfPolls(shown(poll('a')), { say: 'learned', poll: poll('b') })
  expect(pollsOf(learned).map(({ pollId }) => pollId)).toEqual(['b', 'a'])
})

test('A5 a poll that we deleted does not come back with a late frame', () => {
  const deleted = hearOfPolls(shown(poll('a'), poll('b')), { say: 'deleted', pollId: 'a' })
  const late = hearOfPolls(deleted, { say: 'frame', polls: [poll('a'), poll('b')] })
  expect(pollsOf(late).map(({ pollId }) => pollId)).toEqual(['b'])
})

test('A6 a poll that others deleted goes with the next frame', () => {
  const known = hearOfPolls(shown(poll('a'), poll('b')), { say: 'frame', polls: [poll('b')] })
  expect(pollsOf(known).map(({ pollId }) => pollId)).toEqual(['b'])
})

test('A7 open polls come first, then what is coming, then what is over; within a state the order stays', () => {
  const states: PollState[] = ['closed', 'draft', 'open', 'scheduled', 'open']
  const sorted = filterPolls(
    states.map((state, i) => poll(String(i), { state })),
    { state: 'all', words: '' },
  )
  expect(sorted.map(({ pollId }) => pollId)).toEqual(['2', '4', '3', '1', '0'])
})

test('A8 a search finds every word anywhere in a poll, whatever its case and accents', () => {
  const options = [{ optionId: 'celik', text: 'Çelik', colour: null, pictureUrl: null }]
  const polls = [poll('a', { question: 'Nächste Runde?', options }), poll('b')]
  const find = (words: string) => filterPolls(polls, { state: 'all', words }).map(({ pollId }) => pollId)
  expect(find('celik NACHSTE')).toEqual(['a'])
  expect(find('celik question')).toEqual([])
  expect(find('  ')).toEqual(['a', 'b'])
})

test('A9 a state that an address names wrongly filters nothing', () => {
  expect(filterFrom(new URLSearchParams('state=ajar&words=x'))).toEqual({ state: 'all', words: 'x' })
  expect(filterFrom(new URLSearchParams('state=open'))).toEqual({ state: 'open', words: '' })
})

test('A10 two open polls are followed live, the others with votes are asked for: six connections are all there are', () => {
  const states: PollState[] = ['draft', 'open', 'open', 'open', 'closed', 'scheduled']
  const { live, asked } = totalsToRead(states.map((state, i) => poll(String(i), { state })))
  expect(live).toEqual(['1', '2'])
  expect(asked.map(({ pollId }) => pollId)).toEqual(['3', '4'])
})
