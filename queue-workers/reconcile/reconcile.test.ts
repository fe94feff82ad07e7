/** Rules of the parts of a look: each on what it reads from, or on numbers alone. */
import { Queue } from 'bullmq'
import fc from 'fast-check'
import { sql } from 'slonik'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { batchQueue, hollowBatch, type Batch } from '../../contracts/batch.ts'
import { votesRecordedMessage } from '../../contracts/events.ts'
import { canonicalBytes, type LedgerContent, type Uncounted } from '../../contracts/ledger.ts'
import { compareTally } from '../../contracts/mends.ts'
import type { Drift } from '../../contracts/reconciliation.ts'
import { encodeShard } from '../../contracts/tally.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { connectBoth, databaseUrl, log, redisUrl, shard } from '../../tests/live-redis.ts'
import { madeBatch } from '../../tests/made-batch.ts'
import { balanceBooks } from './balance-books.ts'
import { dateDrifts } from './date-drifts.ts'
import { eventCounts } from './event-counts.ts'
import { judgeBooks } from './judge-books.ts'
import { judgeCounts } from './judge-counts.ts'
import { makeJudgeModel } from './judge-model.ts'
import { makeJudgeShown } from './judge-shown.ts'
import { followMissingBatches } from './missing-batches.ts'
import { keepLooking } from './keep-looking.ts'
import { makePace } from './pace.ts'
import { makeQueuedVotes, type QueuedBatch } from './queued-votes.redis.ts'
import type { MirroredRun } from './read-mirror.slonik.ts'
import { makeSeenEvents } from './seen-events.ts'
import { inSnapshot } from './snapshot.slonik.ts'
import { watchForHang } from './watch-for-hang.ts'
import { pollsOver } from './watched-polls.slonik.ts'

/** A run of which the ledger has nothing above the mirror. */
const mirrored = (its: Pick<MirroredRun, 'run' | 'lastSeq' | 'accepted' | 'polls'>): MirroredRun => ({
  ...{ ...its, storedSeq: its.lastSeq, storedAccepted: its.accepted, storedPolls: [], certifiedPolls: [] },
})

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)

describe('an event read back', () => {
  it('RP1 tells as many counted votes as its row holds, whatever became of the others', () => {
    const vote = fc.record({
      box: word,
      option: word,
      fate: fc.constantFrom('counted', 'repeat', 'rejected'),
    })
    fc.assert(
      fc.property(fc.array(vote, { minLength: 1, maxLength: 30 }), fc.boolean(), (votes, rehearsal) => {
        const content: LedgerContent = {
          ...{ pollId: uuidv7(), batchId: uuidv7(), run: uuidv7(), runAccepted: 9 },
          acceptedAt: '2026-01-01T00:00:00.000Z',
          ...(rehearsal && { rehearsal: true as const }),
          votes: votes.map(({ box, option }, position) => [position * 2, uuidv7(), box, option]),
          uncounted: votes.flatMap(({ fate }, i): Uncounted[] => {
            if (fate === 'repeat')
              return [{ position: i * 2, outcome: 'repeat' as const, of: { batchId: uuidv7(), position: 1 } }]
            return fate === 'rejected'
              ? [{ position: i * 2, outcome: 'rejected' as const, why: 'a value ] in its "uncounted":[ way' }]
              : []
          }),
        }
        const storedAt = new Date('2026-01-01T00:00:01.234Z')
        const row = { ...content, content: canonicalBytes(content), shard: 1, seq: 2, hash: 'ab', storedAt }
        expect(eventCounts(votesRecordedMessage(row))).toEqual({
          ...{ batchId: content.batchId, pollId: content.pollId, storedAt: storedAt.getTime() },
          counted: votes.filter(({ fate }) => fate === 'counted').length,
        })
      }),
    )
  })

  it('RP2 that is none of votes is passed over', () => {
    expect(eventCounts(Buffer.from('{"id":"x","data":{"pollId":"y"}}'))).toBeNull()
    const other = '{"id":"x","type":"other","time":"","data":{"votes":[],"uncounted":[]}}'
    expect(eventCounts(Buffer.from(other))).toBeNull()
  })
})

describe('the queue', () => {
  it('RP3 tells of each batch its run, its number, and its votes by poll, wherever it lies', async () => {
    await using both = await connectBoth({ command: `${redisUrl}/14` })
    await both.redis.flushdb()
    const queue = new Queue(batchQueue.name, { connection: both.redis, prefix: batchQueue.prefix })
    const votes = (many: number) =>
      Array.from({ length: many }, () => ({
        ...{ optionNo: 1, boxNo: 0, voterKey: 'a'.repeat(32), voteId: uuidv7() },
      }))
    const batch = (seq: number, parts: readonly (readonly [number, number])[]): Batch =>
      madeBatch(
        { run: '0190b5e0-0000-7000-8000-000000000001', seq, accepted: seq * 10, at: 1 },
        parts.map(([pollNo, many]) => ({ pollNo, votes: votes(many) })),
      )
    const add = (its: object, delay = 0) =>
      queue.add(batchQueue.job, its, { jobId: uuidv7(), ...(delay > 0 && { delay }) })
    try {
      await add(batch(1, [[7, 3]]))
      const three = [[7, 2] as const, [9, 2] as const, [8, 1] as const]
      await add(batch(2, three), 60_000)
      await add(hollowBatch)
      const read = makeQueuedVotes(both.redis)
      const seen = [...(await read())].sort((a, b) => a.seq - b.seq)
      expect(seen).toMatchObject([
        { seq: 1, accepted: 10, size: 3, polls: [{ pollNo: 7, votes: 3 }] },
        {
          seq: 2,
          accepted: 20,
          size: 5,
          polls: [
            { pollNo: 7, votes: 2 },
            { pollNo: 9, votes: 2 },
            { pollNo: 8, votes: 1 },
          ],
        },
      ])
      const third = await add(batch(3, [[7, 1]]))
      expect((await read()).map(({ seq }) => seq).sort()).toEqual([1, 2, 3])
      await third.remove()
      expect(await read()).toHaveLength(2)
    } finally {
      await queue.close()
    }
  })
})

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

describe('the pace', () => {
  it('RP8 looks each second at what is small, every 3 s at a million rows, every minute at what is over', () => {
    const pace = makePace<{ pollNo: number; isLive: boolean }>()
    const [small, large, over] = [1, 2, 3].map((pollNo) => ({ pollNo, isLive: pollNo < 3 }))
    if (small === undefined || large === undefined || over === undefined) throw new Error('three polls')
    const looks = { 1: 0, 2: 0, 3: 0 } as Record<number, number>
    for (let now = 0; now < 120_000; now += 1_000) {
      for (const poll of pace.due([small, large, over], now)) {
        looks[poll.pollNo] = (looks[poll.pollNo] ?? 0) + 1
        pace.looked(poll, poll === large ? 1_000_000 : 100, now)
      }
    }
    expect(looks).toEqual({ 1: 120, 2: 40, 3: 2 })
  })

  it('RP9 rests after a look that failed for as long as it took, and looks at the others', () => {
    const pace = makePace<{ pollNo: number; isLive: boolean }>()
    const [small, large] = [1, 2].map((pollNo) => ({ pollNo, isLive: true }))
    if (small === undefined || large === undefined) throw new Error('two polls')
    pace.failed([large], 20_000, 20_000)
    expect(pace.due([small, large], 39_000)).toEqual([small])
    expect(pace.due([small, large], 40_000)).toEqual([small, large])
    pace.looked(large, 100, 40_000)
    expect(pace.due([large], 41_000)).toEqual([large])
  })
})

describe('which polls are looked at together', () => {
  const polls = Array.from({ length: 9 }, (_, i) => ({ pollNo: i + 1, isLive: true }))
  const nosOf = (groups: readonly (readonly { pollNo: number }[])[]) =>
    groups.map((group) => group.map(({ pollNo }) => pollNo))

  it('RP15 are those that have a million rows in all, or one of more; of what failed each half, until one is alone', () => {
    const pace = makePace<{ pollNo: number; isLive: boolean }>()
    for (const [i, poll] of polls.entries()) pace.looked(poll, i === 4 ? 5_000_000 : 300_000, 0)
    expect(nosOf(pace.groups(polls))).toEqual([[1, 2, 3], [4], [5], [6, 7, 8], [9]])
    expect(pace.groups([])).toEqual([])

    // The second of eight cannot be looked at.
    const eight = polls.slice(0, 8)
    for (const poll of eight) pace.looked(poll, 10, 0)
    const rounds: number[][][] = []
    for (let round = 0; round < 5; round++) {
      const groups = pace.groups(eight)
      rounds.push(nosOf(groups))
      for (const group of groups) {
        if (group.some(({ pollNo }) => pollNo === 2)) pace.failed(group, 0, 0)
        else group.forEach((poll) => pace.looked(poll, 10, 0))
      }
    }
    expect(rounds).toEqual([
      [[1, 2, 3, 4, 5, 6, 7, 8]],
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      [
        [5, 6, 7, 8],
        [1, 2],
        [3, 4],
      ],
      [[3, 4, 5, 6, 7, 8], [1], [2]],
      [[1, 3, 4, 5, 6, 7, 8], [2]],
    ])
  })
})

describe('the reader of events', () => {
  it('RP16 hangs where it reads nothing for 20 s though there is more, and twice as long once it was opened anew', () => {
    const hangs = watchForHang()
    const at = (seconds: number, read: number, isAtEnd = false) => hangs({ isAtEnd, read }, seconds * 1_000)
    // Nothing to read, for however long; then always something.
    for (let s = 0; s < 100; s += 5) expect(at(s, 7, true)).toBe(false)
    for (let s = 100; s < 200; s += 5) expect(at(s, s)).toBe(false)
    expect(at(200, 195)).toBe(false)
    expect(at(214, 195)).toBe(false)
    expect(at(215, 195)).toBe(true)
    expect(at(235, 195)).toBe(false)
    expect(at(254, 195)).toBe(false)
    expect(at(255, 195)).toBe(true)
    expect(at(256, 196)).toBe(false)
    expect(at(276, 196)).toBe(true)
    expect(at(277, 196, true)).toBe(false)
    expect(at(278, 196)).toBe(false)
    expect(at(298, 196)).toBe(true)
  })

  it('RP17 forgets at the next look what it heard of polls that are over, and of no other', async () => {
    const seen = makeSeenEvents()
    const event = (pollId: string) => ({ pollId, batchId: uuidv7(), storedAt: 0, counted: 1 })
    seen.add(event('over'))
    seen.add(event('live'))
    // Voted in by the clock of Redis, and Postgres has not noted it yet.
    seen.add(event('soon'))
    const stopping = new AbortController()
    const poll = { pollNo: 1, pollId: 'live', options: 2, places: 2, isLive: true }
    await keepLooking({
      async polls() {
        // Heard of while the polls are read: it may have opened behind that.
        seen.add(event('new'))
        return [poll]
      },
      async look() {
        stopping.abort()
        return { looked: [], queuedBatches: 0 }
      },
      lastReports: async () => new Map(),
      report: async () => undefined,
      onLooked: async () => undefined,
      heardOf: seen.pollIds,
      whichAreOver: async (pollIds) => pollIds.filter((pollId) => pollId === 'over'),
      onOver: seen.forget,
      metrics: { told: () => undefined, clear: () => undefined },
      signal: stopping.signal,
      log,
    })
    expect(seen.pollIds()).toEqual(['live', 'soon', 'new'])
    seen.add(event('over'))
    expect(seen.of('over', 1)).toMatchObject({ batches: 0 })
  })

  it('RP18 polls that are scheduled are not over; those that are certified, or of another house, are', async () => {
    await using open = new AsyncDisposableStack()
    const pool = await connectPostgres(databaseUrl, { most: 1, idleInTransactionMs: 5_000 })
    open.defer(() => pool.end())
    const [scheduled, certified, foreign] = [uuidv7(), uuidv7(), uuidv7()]
    const none = z.object({})
    const remove = () =>
      pool.query(sql.type(none)`delete from polls where poll_id in (${scheduled}, ${certified})`)
    open.defer(() => remove().then(() => undefined))
    await pool.query(sql.type(none)`
      insert into polls (poll_id, slug, question, state, ever_opened, opens_at, closes_at) values
        (${scheduled}, ${scheduled}, 'Soon?', 'scheduled', false, now() + interval '1 hour', null),
        (${certified}, ${certified}, 'Over?', 'certified', true, now() - interval '1 hour', now())`)
    const over = await pollsOver(pool, [scheduled, certified, foreign])
    expect([...over].sort()).toEqual([certified, foreign].sort())
  })
})

describe('the reads of a look', () => {
  it('RP10 may take longer than other statements: 100 million votes are counted in 15 s', async () => {
    await using open = new AsyncDisposableStack()
    const pool = await connectPostgres(databaseUrl, { most: 1, idleInTransactionMs: 5_000 })
    open.defer(() => pool.end())
    const timeout = sql.type(
      z.object({ its: z.string() }),
    )`select current_setting('statement_timeout') as its`
    expect(await pool.oneFirst(timeout)).toBe('10s')
    expect(await inSnapshot(pool, (tx) => tx.oneFirst(timeout))).toBe('15min')
    expect(await pool.oneFirst(timeout)).toBe('10s')
  })
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
