/** The rules of what the books of a poll say. */
import { expect, test } from 'vitest'
import { forHowLong, healingOf, judgeBooks as judgeAt, sayOff, standOf } from './judge-books.ts'
import type { PollBooks } from './use-books.ts'

const even: PollBooks = {
  asOf: '2026-01-01T20:00:00Z',
  books: {
    ...{ accepted: 10, counted: 10, repeats: 0, refused: 0, rejected: 0 },
    ...{ waiting: 0, lost: 0, unexplained: 0 },
  },
  sources: [
    { name: 'ledger', votes: 10, batches: 2, fault: null },
    { name: 'shown', votes: 10, batches: null, fault: null },
  ],
  drifts: [],
}
const withBooks = (books: Partial<PollBooks['books']>): PollBooks => ({
  ...even,
  books: { ...even.books, ...books },
})
const drift = (what: string, heals: boolean, votes = 1) => ({
  ...{ what, heals, says: 'It is off.', votes, since: even.asOf },
})

const after = (seconds: number) => Date.parse(even.asOf) + seconds * 1_000
const judgeBooks = (books: PollBooks, seconds = 0) => judgeAt(books, after(seconds))

test('AB1 books that balance are calm, and votes on their way are told beside it, for their number changes', () => {
  const says = 'Every accepted vote is accounted for.'
  expect(judgeBooks(even)).toEqual({ mood: 'calm', says, onTheirWay: null })
  const one = judgeBooks(withBooks({ counted: 9, waiting: 1 }))
  expect(one).toEqual({ mood: 'calm', says, onTheirWay: '1 is still on its way.' })
  const two = judgeBooks(withBooks({ counted: 8, waiting: 2 }))
  expect(two).toEqual({ mood: 'calm', says, onTheirWay: '2 are still on their way.' })
})

test('AB2 a loss and what cannot be explained come before everything else, with their numbers', () => {
  expect(judgeBooks(withBooks({ counted: 9, lost: 1 }))).toMatchObject({
    mood: 'stuck',
    says: '1 vote is lost.',
  })
  expect(judgeBooks(withBooks({ counted: 8, lost: 2, unexplained: 3 })).says).toBe('2 votes are lost.')
  expect(judgeBooks(withBooks({ counted: 8, unexplained: 2 }))).toMatchObject({
    ...{ mood: 'stuck', says: '2 votes were accepted and cannot be found.' },
  })
  expect(judgeBooks(withBooks({ counted: 11, unexplained: -1 })).says).toContain('that nobody accepted')
})

test('AB3 a number that heals by itself is busy, one that does not wants a person', () => {
  expect(judgeBooks({ ...even, drifts: [drift('shown', true)] }).mood).toBe('busy')
  expect(judgeBooks({ ...even, drifts: [drift('shown', true), drift('rows', false)] }).mood).toBe('stuck')
})

test('AB4 a source agrees with the ledger, is on its way to it, differs where a drift says so, or was not read', () => {
  const shown = (votes: number | null, fault: string | null = null) => ({
    ...{ name: 'shown', votes, batches: null, fault },
  })
  expect(standOf(shown(10), even)).toEqual({ is: 'agrees' })
  expect(standOf(shown(8), even)).toEqual({ is: 'on its way', by: -2 })
  const off = { ...even, drifts: [drift('shown', true)] }
  expect(standOf(shown(11), off)).toEqual({ is: 'differs', by: 1 })
  expect(standOf(shown(null, 'Redis is away.'), off)).toEqual({ is: 'unread', why: 'Redis is away.' })
  // The ledger itself, where a drift says that rows of it are missing.
  const [ledger] = even.sources
  if (ledger === undefined) throw new Error('no ledger')
  expect(standOf(ledger, { ...even, drifts: [drift('ledger', false)] })).toEqual({ is: 'differs', by: 1 })
  expect([sayOff(-12), sayOff(1), sayOff(0)]).toEqual(['12 too few', '1 too many', 'in its parts'])
})

test('AB5 how long it has been off is told in one unit, and never as a time to come', () => {
  const since = (seconds: number) => forHowLong({ since: even.asOf }, Date.parse(even.asOf) + seconds * 1000)
  expect([since(-3), since(12), since(60), since(7_300)]).toEqual([
    'for 0 s',
    'for 12 s',
    'for 1 min',
    'for 2 h',
  ])
})

test('AB6 rows that the ledger lost make the ledger differ, and no place that still has their votes', () => {
  const places = ['rows', 'shards', 'minutes', 'events', 'shown', 'readModel']
  const short = {
    sources: [
      { name: 'ledger', votes: 5, batches: 1, fault: null },
      ...places.map((name) => ({ name, votes: 10, batches: null, fault: null })),
    ],
    drifts: [drift('ledger', false, -5), drift('seqGap', false, 0)],
  }
  expect(short.sources.map((source) => standOf(source, short))).toEqual([
    { is: 'differs', by: -5 },
    ...places.map(() => ({ is: 'agrees' })),
  ])
})

test('AB7 what is shown is not on its way while the counters that it follows are false', () => {
  const shown = { name: 'shown', votes: 12, batches: null, fault: null }
  expect(standOf(shown, { ...even, drifts: [drift('shards', false, 2)] })).toEqual({ is: 'differs', by: 2 })
})

test('AB8 what should heal by itself and has not for a minute wants a person', () => {
  const off = { ...even, drifts: [drift('readModel', true)] }
  expect([judgeBooks(off, 60).mood, healingOf(drift('readModel', true), after(60))]).toEqual([
    'busy',
    'under way',
  ])
  expect(judgeBooks(off, 61)).toMatchObject({ mood: 'stuck', says: 'A number is off, and has not healed.' })
  expect(healingOf(drift('readModel', true), after(7_200))).toBe('overdue')
  expect(healingOf(drift('rows', false), after(0))).toBe('never')
})
