/** Rules of judging: which of several numbers that should agree is false, and which is only late. */
import { describe, expect, it } from 'vitest'
import { compareTally } from '../../contracts/mends.ts'
import { encodeShard } from '../../contracts/tally.ts'
import { shard } from '../../tests/live-redis.ts'
import { judgeCounts } from './judge-counts.ts'
import { makeJudgeModel } from './judge-model.ts'
import { makeJudgeShown } from './judge-shown.ts'

describe('counts that should agree', () => {
  const chains = { batchesByShard: new Map([[0, 2]]), seqByShard: new Map([[0, 2]]) }
  const named = (its: Partial<Parameters<typeof judgeCounts>[0]>) =>
    judgeCounts({ ledger: 5, rows: [3, 2], shards: [3, 2], minutes: [3, 2], ...chains, ...its }).map(
      ({ what, votes }) => `${what} ${votes}`,
    )

  it('RP4 name the one that differs from the rest, by how much, and nothing else', () => {
    expect(named({})).toEqual([])
    expect(named({ rows: [3, 1] })).toEqual(['rows -1'])
    expect(named({ shards: [4, 2] })).toEqual(['shards 1'])
    expect(named({ minutes: [2, 3] })).toEqual(['minutes 1'])
    expect(named({ ledger: 9 })).toEqual(['ledger 4'])
    expect(named({ batchesByShard: new Map([[0, 1]]) })).toEqual(['seqGap 0'])
    // Two at once: what most agree on stands.
    expect(named({ rows: [3, 1], ledger: 9 })).toEqual(['rows -1', 'ledger 4'])
    // All three differ: the ledger says which is right.
    expect(named({ rows: [3, 1], minutes: [3, 3] })).toEqual(['rows -1', 'minutes 1'])
  })
})

describe('what is shown', () => {
  const stored = [shard(5, [3, 2]), shard(2, [1, 0], 1)]
  const fields = (...shards: typeof stored): Record<string, string> =>
    Object.fromEntries([
      ['open', '1'],
      ...shards.map((its) => [String(its.shard), encodeShard(its)] as const),
    ])

  it('RP5 may be behind; ahead, or of the same seq with other counts, it is false, and so is what nobody stored', () => {
    const [first = shard(0, []), second = shard(0, [])] = stored
    expect(compareTally(fields(first, second), stored)).toEqual({ total: 6, mends: [], behind: [] })
    const behind = { ...first, seq: 4, counts: [3, 1] }
    expect(compareTally(fields(behind, second), stored)).toMatchObject({
      mends: [],
      behind: [{ shard: 0, seq: 5 }],
    })
    expect(compareTally({}, stored).behind).toHaveLength(2)
    for (const wrong of [
      { ...first, seq: 6 },
      { ...first, counts: [2, 3] },
      { ...first, counts: [3] },
    ]) {
      const seen = encodeShard(wrong)
      expect(compareTally(fields(wrong, second), stored).mends).toEqual([
        { shard: 0, seen, value: encodeShard(first) },
      ])
    }
    expect(compareTally({ ...fields(first, second), 9: '[1,1,7]' }, stored)).toMatchObject({
      total: 13,
      mends: [{ shard: 9, value: null }],
    })
    expect(compareTally({ 0: 'nonsense', 1: encodeShard(second) }, stored).mends).toMatchObject([
      { shard: 0 },
    ])
  })

  it('RP6 is behind for 2 s at most: one that moves on is on its way, one that stays is stuck', () => {
    const judge = makeJudgeShown()
    const at = (seq: number) => fields({ ...shard(seq, [0, 0]) })
    const upTo = (seq: number) => [shard(seq, [seq, 0])]
    // Always behind, and always nearer than what was awaited.
    for (let i = 1; i < 20; i++) expect(judge('moving', at(i), upTo(i + 1), i * 1_000).drift).toBeNull()
    expect(judge('stuck', at(1), upTo(2), 0).drift).toBeNull()
    expect(judge('stuck', at(1), upTo(3), 2_000).drift).toBeNull()
    expect(judge('stuck', at(1), upTo(4), 2_001)).toMatchObject({
      isStuck: true,
      drift: { what: 'shown', votes: -4 },
    })
  })
})

describe('the read model', () => {
  const counts = (batches: number, offset = 0, all = batches) => ({
    ...{ batches: all, total: all * 10 },
    upTo: { batches, total: batches * 10, offsets: new Map([[3, offset]]) },
  })
  const ledger = (marked: number, upTo: number, all = marked, unmarked = 0) => ({
    ...{ batches: all, counted: all * 10, upTo, unmarked },
    marked: { batches: marked, counted: marked * 10 },
  })

  it('RP7 may be 3 s behind rows that are some seconds old; other counts of the same rows, or more rows, are false at once', async () => {
    const { judge, upTo } = makeJudgeModel(async () => new Map([[3, 100]]))
    expect(await judge('a', counts(10), ledger(10, 0), 0)).toBeNull()
    const fewer = { ...counts(10), total: 99 }
    expect(await judge('a', fewer, ledger(10, 0), 0)).toMatchObject({ votes: -1, heals: false })
    expect(await judge('a', counts(11), ledger(10, 0), 0)).toMatchObject({ votes: 10, heals: false })
    // The same while newer rows come in.
    const fewerOld = { ...counts(10, 0, 14), upTo: { ...counts(10).upTo, total: 99 } }
    expect(await judge('a', fewerOld, ledger(10, 0, 20), 0)).toMatchObject({ votes: -1, heals: false })
    expect(await judge('a', counts(11, 0, 14), ledger(10, 0, 20), 0)).toMatchObject({
      votes: 10,
      heals: false,
    })

    expect(await judge('b', counts(8, 90), ledger(10, 70), 0)).toBeNull()
    expect(upTo('b')).toBe(70)
    expect(await judge('b', counts(9, 99, 20), ledger(30, 80), 3_000)).toBeNull()
    expect(await judge('b', counts(9, 99, 20), ledger(30, 80), 3_001)).toMatchObject({ heals: true })
    expect(await judge('b', counts(10, 99, 20), ledger(30, 80), 3_002)).toBeNull()
    expect(upTo('b')).toBeNull()
    // What Kafka does not have yet is not the model's fault; what is not marked may be there or not.
    expect(await judge('c', counts(8), ledger(8, 0, 10, 2), 0)).toBeNull()
    expect(await judge('c', counts(9), ledger(8, 0, 10, 2), 60_000)).toBeNull()
  })

  it('RP14 has read past a row that it lacks once it has come to where the topic ended, however much it has grown', async () => {
    let end = 100
    const { judge, upTo } = makeJudgeModel(async () => new Map([[3, end]]))
    expect(await judge('a', counts(9, 98), ledger(10, 70), 0)).toBeNull()
    expect(await judge('a', counts(9, 99, 20), ledger(30, 80), 1_000)).toBeNull()
    const skipped = { what: 'readModel', votes: -10, heals: false } as const
    end = 200
    expect(await judge('a', counts(9, 100, 40), ledger(50, 90), 2_000)).toMatchObject(skipped)
    // It stays named while it cannot be certain anew, and for as long as it is so.
    expect(upTo('a')).toBe(90)
    expect(await judge('a', counts(49, 150, 60), ledger(70, 95), 3_000)).toMatchObject(skipped)
    expect(await judge('a', counts(49, 200, 80), ledger(90, 99), 4_000)).toMatchObject(skipped)
    expect(await judge('a', counts(90, 200, 95), ledger(95, 99), 5_000)).toBeNull()

    // Kafka cannot say where it ends: behind, and not more.
    const away = makeJudgeModel(() => Promise.reject(new Error('away')))
    expect(await away.judge('a', counts(9, 98), ledger(10, 70), 0)).toBeNull()
    expect(await away.judge('a', counts(9, 500, 20), ledger(30, 80), 9_000)).toMatchObject({ heals: true })
  })
})
