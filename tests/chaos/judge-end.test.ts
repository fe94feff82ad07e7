/** The judge of the end: whole books, certificates and exports pass; each that is not is named by its sign. */
import { describe, expect, it } from 'vitest'
import { judgeEnd, onlyQueued, whatIsOff, type Expected } from './judge-end.ts'
import type { SeenBooks, SeenEnd } from './seen.ts'

const poll: Expected = { pollId: 'one', name: 'one vote', stored: 9, lost: 0, uncopied: 0 }
const names = ['ledger', 'rows', 'shards', 'minutes', 'events', 'shown', 'readModel']

const booksOf = (lost = 0): SeenBooks => ({
  pollId: 'one',
  books: {
    ...{ accepted: 9 + lost, counted: 9, repeats: 0, refused: 0 },
    ...{ rejected: 0, waiting: 0, lost, unexplained: 0 },
  },
  sources: names.map((name) => ({ name, votes: 9, fault: null })),
  drifts: lost === 0 ? [] : [{ what: 'lost', says: `${lost} votes are lost.` }],
})

const whole = (): SeenEnd => ({
  books: [booksOf()],
  certificates: [
    {
      ...{ pollId: 'one', state: 'certified', admitted: 9, received: 9, missing: [] },
      ...{ isCertified: true, isLookedAt: true },
    },
  ],
  exports: [{ pollId: 'one', code: 0, says: 'verify: All of it is what was signed.' }],
})

const refusing = (missing: readonly string[]): SeenEnd['certificates'] => [
  {
    ...{ pollId: 'one', state: 'counting', admitted: 12, received: 9, missing },
    ...{ isCertified: false, isLookedAt: true },
  },
]

const signs = (seen: SeenEnd, its = poll) => judgeEnd([its], seen).disagreements.map(({ sign }) => sign)

describe('the judge of the end', () => {
  it('CJ13 has nothing to say where the books balance, the poll is certified and its export holds', () => {
    expect(judgeEnd([poll], whole())).toEqual({
      sum: { polls: 1, books: 1, certified: 1, refused: 0, verified: 1 },
      disagreements: [],
    })
  })

  it('CJ14 names books that are not asked, do not balance, drift, or have a source with other numbers', () => {
    const its = booksOf()
    const wrong: readonly (SeenBooks | undefined)[] = [
      undefined,
      booksOf(1),
      { ...its, books: { ...its.books, counted: 8 } },
      { ...its, books: { ...its.books, waiting: 1 } },
      { ...its, books: { ...its.books, unexplained: -1 } },
      { ...its, drifts: [{ what: 'shown', says: 'The tally shown has 1 vote more than are stored.' }] },
      { ...its, sources: its.sources.with(4, { name: 'events', votes: null, fault: 'Kafka is away.' }) },
      { ...its, sources: its.sources.with(6, { name: 'readModel', votes: 8, fault: null }) },
    ]
    for (const books of wrong) {
      const seen = { ...whole(), books: books === undefined ? [] : [books] }
      expect(signs(seen), JSON.stringify(books)).toEqual(['books'])
    }
  })

  it('CJ19 lets books lack what a killed gateway had not copied, and no more', () => {
    const books = { ...booksOf().books, accepted: 7, counted: 7 }
    expect(whatIsOff({ ...poll, uncopied: 2 }, { ...booksOf(), books })).toEqual([])
    expect(whatIsOff({ ...poll, uncopied: 1 }, { ...booksOf(), books })).toEqual([
      'the books count 7 of 9 stored votes',
    ])
  })

  it('CJ15 lets books name as lost exactly what was only queued, neither more nor less', () => {
    expect(whatIsOff({ ...poll, lost: 3 }, booksOf(3))).toEqual([])
    for (const lost of [2, 4])
      expect(whatIsOff({ ...poll, lost: 3 }, booksOf(lost))).toEqual([
        `${lost} votes are named as lost, and 3 are`,
      ])
    const queued = [
      { batchId: 'b1', pollNo: 1, votes: 2 },
      { batchId: 'b2', pollNo: 1, votes: 3 },
      { batchId: 'b2', pollNo: 2, votes: 4 },
      // Still there when Redis was emptied once more.
      { batchId: 'b2', pollNo: 2, votes: 4 },
    ]
    const row = (batchId: string, pollId: string) => ({ content: { batchId, pollId } })
    const pollNos = new Map([
      ['one', 1],
      ['two', 2],
    ] as const)
    const lost = onlyQueued(queued, [row('b1', 'one'), row('b9', 'two')], pollNos)
    expect([...lost]).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  it('CJ16 names a poll that is not certified; where votes are lost it must not be, and has to say so', () => {
    const lossy = { ...poll, lost: 3 }
    const books = [booksOf(3)]
    expect(signs({ ...whole(), certificates: refusing(['3 votes are not in the ledger.']) })).toEqual([
      'certificate',
    ])
    expect(signs({ ...whole(), books }, lossy)).toEqual(['certificate'])
    expect(signs({ ...whole(), books, certificates: refusing([]) }, lossy)).toEqual(['certificate'])
    const said = { ...whole(), books, certificates: refusing(['3 votes are not in the ledger.']) }
    expect(judgeEnd([lossy], said)).toEqual({
      sum: { polls: 1, books: 1, certified: 0, refused: 1, verified: 1 },
      disagreements: [],
    })
  })

  it('CJ17 names an export that does not hold, or was never made', () => {
    const open = { pollId: 'one', code: 3, says: 'verify: 2 votes are not covered' }
    expect(judgeEnd([poll], { ...whole(), exports: [open] }).disagreements).toEqual([
      { sign: 'export', says: 'one vote: verify: 2 votes are not covered (ended with 3)' },
    ])
    expect(signs({ ...whole(), exports: [] })).toEqual(['export'])
  })

  it('CJ18 asks for no certificate where the books disagree', () => {
    const seen = { books: [booksOf(1)], certificates: null, exports: null }
    expect(signs(seen)).toEqual(['books'])
  })
})
