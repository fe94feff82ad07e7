/** Rules of the books: what was accepted, what of it is lost, and how that is told. */
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import type { Drift } from '../../contracts/reconciliation.ts'
import { balanceBooks } from './balance-books.ts'
import { dateDrifts } from './date-drifts.ts'
import { judgeBooks } from './judge-books.ts'
import { followMissingBatches } from './missing-batches.ts'
import type { QueuedBatch } from './queued-votes.redis.ts'
import type { MirroredRun } from './read-mirror.slonik.ts'

/** A run of which the ledger has nothing above the mirror. */
const mirrored = (its: Pick<MirroredRun, 'run' | 'lastSeq' | 'accepted' | 'polls'>): MirroredRun => ({
  ...{ ...its, storedSeq: its.lastSeq, storedAccepted: its.accepted, storedPolls: [], certifiedPolls: [] },
})

describe('what is told', () => {
  it('RP11 of what should heal says after a minute that it has not', () => {
    const shown = { what: 'shown', says: 'It is 3 votes behind.', votes: -3, heals: true } as const
    const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString()
    const books = { accepted: 0, counted: 0, repeats: 0, refused: 0, rejected: 0, waiting: 0, lost: 0 }
    const report = (drifts: Drift[]) => ({
      ...{ pollId: 'a', asOf: at(0), books: { ...books, unexplained: 0 }, sources: [], drifts },
    })
    const first = dateDrifts([shown], undefined, at(0))
    expect(first).toEqual([{ ...shown, since: at(0) }])
    expect(dateDrifts([shown], report(first), at(59))).toEqual(first)
    const stuck = dateDrifts([shown], report(first), at(60))
    const says = 'It is 3 votes behind. It has not healed by itself.'
    expect(stuck).toEqual([{ ...shown, says, heals: false, since: at(0) }])
    expect(dateDrifts([shown], report(stuck), at(90))).toEqual(stuck)
  })

  it('RP12 of a poll with a part of what a run lost: in how many batches at most', () => {
    const run = uuidv7()
    const polls = [1, 2].map((pollNo) => ({ pollNo, pollId: `poll ${pollNo}` }))
    const told = (accepted: [number, number][], batches: number) => {
      const books = balanceBooks({
        polls,
        mirror: new Map([[run, mirrored({ run, lastSeq: 9, accepted: 12, polls: new Map(accepted) })]]),
        shown: { polls: new Map(), batches: {} },
        ledger: [],
        missing: { lost: new Map([[run, { batches, votes: 12, unmirrored: 0 }]]), waiting: new Map() },
      })
      return [...books.values()].flatMap((its) => judgeBooks(its, 0).map(({ says }) => says.split(':')[0]))
    }
    expect(told([[1, 12]], 3)).toEqual(['12 votes in 3 batches are lost'])
    expect(
      told(
        [
          [1, 10],
          [2, 2],
        ],
        3,
      ),
    ).toEqual(['10 votes in at most 3 batches are lost', '2 votes in at most 2 batches are lost'])
    expect(
      told(
        [
          [1, 11],
          [2, 1],
        ],
        3,
      )[1],
    ).toBe('1 vote in 1 batch is lost')
    expect(
      told(
        [
          [1, 10],
          [2, 2],
        ],
        1,
      )[0],
    ).toBe('10 votes in 1 batch are lost')
  })
})

describe('what a run numbered and the mirror does not know yet', () => {
  it('RP13 is missed where a stored batch has a higher number: lost, unless it waits', async () => {
    const run = uuidv7()
    // Number -> [accepted in all, received]; the mirror has come to 2.
    const ledger = new Map([
      [1, [3, 3]],
      [2, [5, 2]],
      [6, [20, 4]],
    ])
    const waits: QueuedBatch = { run, seq: 5, accepted: 16, size: 7, polls: [{ pollNo: 1, votes: 7 }] }
    const mirror = (polls: [number, number][], storedPolls: number[], certifiedPolls: number[] = []) =>
      new Map<string, MirroredRun>([
        [
          run,
          {
            ...{ run, lastSeq: 2, accepted: 5, polls: new Map(polls) },
            ...{ storedSeq: 6, storedAccepted: 20, storedPolls, certifiedPolls },
          },
        ],
      ])
    const missing = (queue: QueuedBatch[], its = mirror([[1, 5]], [1])) =>
      followMissingBatches()(
        {
          missingSeqs: async (_, from, to) =>
            Array.from({ length: to - from + 1 }, (_, i) => ({ run, seq: from + i })).filter(
              ({ seq }) => !ledger.has(seq),
            ),
          standing: async (batches) =>
            batches.filter(({ seq }) => ledger.has(seq)).map((its) => ({ ...its, pollNo: 1 })),
          acceptedWith: async (batches) =>
            batches.flatMap(({ seq }) => {
              const [accepted, received] = ledger.get(seq) ?? []
              return accepted === undefined || received === undefined ? [] : { run, seq, accepted, received }
            }),
        },
        its,
        queue,
      )
    expect((await missing([waits])).lost.get(run)).toEqual({ batches: 2, votes: 4, unmirrored: 4 })
    expect((await missing([])).lost.get(run)).toEqual({ batches: 3, votes: 11, unmirrored: 11 })

    const books = async (its: Map<string, MirroredRun>) =>
      [
        ...balanceBooks({
          polls: [1, 2].map((pollNo) => ({ pollNo, pollId: `poll ${pollNo}` })),
          mirror: its,
          shown: { polls: new Map(), batches: {} },
          ledger: [],
          missing: await missing([waits], its),
        }).values(),
      ].map(({ accepted, lost, lostBatches }) => ({ accepted, lost, lostBatches }))
    const none = { accepted: 0, lost: 0, lostBatches: 0 }
    expect(await books(mirror([[1, 5]], [1]))).toEqual([{ accepted: 9, lost: 4, lostBatches: 2 }, none])
    // Whose books are closed has lost nothing.
    const certified = mirror(
      [
        [1, 5],
        [2, 0],
      ],
      [1],
      [2],
    )
    expect(await books(certified)).toEqual([{ accepted: 9, lost: 4, lostBatches: 2 }, none])
    // Of which poll nobody can tell: the newest of the run is named, and no vote is named twice.
    expect(await books(mirror([[1, 5]], [2]))).toEqual([
      { ...none, accepted: 5 },
      { accepted: 4, lost: 4, lostBatches: 2 },
    ])
  })
})
