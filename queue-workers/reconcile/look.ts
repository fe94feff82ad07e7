/** One look at the books of some polls: reads each number where it lies, in the order that makes them comparable. */
import type { Redis } from 'ioredis'
import type { DatabasePool } from 'slonik'
import type { Reconciliation } from '../../contracts/reconciliation.ts'
import type { WriteTally } from '../tally/write-tally.redis.ts'
import type { Log } from '../../runtime/log.ts'
import { countRows } from '../ledger/count-rows.slonik.ts'
import { balanceBooks } from './balance-books.ts'
import { acceptedWith, missingSeqs, standingBatches } from './batches-in-ledger.slonik.ts'
import { ledgerSums, readShards, sumMinutes } from './counted-votes.slonik.ts'
import { emittedRows, takeBackMarks, unemittedRows } from './emitted-rows.slonik.ts'
import type { FoundDrift } from './found-drift.ts'
import { judgeBooks } from './judge-books.ts'
import { judgeCounts, sum } from './judge-counts.ts'
import { makeJudgeEvents } from './judge-events.ts'
import { makeJudgeModel, type ModelCounts } from './judge-model.ts'
import { makeJudgeShown } from './judge-shown.ts'
import { mendTally } from './mend-tally.redis.ts'
import { followMissingBatches } from './missing-batches.ts'
import { makeQueuedVotes } from './queued-votes.redis.ts'
import type { EventReader } from './read-events.kafka.ts'
import { readMirroredRuns } from './read-mirror.slonik.ts'
import { readShown } from './read-shown.redis.ts'
import type { SeenEvents } from './seen-events.ts'
import { inSnapshot } from './snapshot.slonik.ts'
import { unreadableJobs } from './unreadable.slonik.ts'
import type { WatchedPoll } from './watched-polls.slonik.ts'

// By then a row is emitted and its event read, unless something is slow.
const eventsWithinMs = 2_000
// Kafka keeps events for 14 days: of a poll with older ones not all can be there.
const eventsKeptForMs = 13 * 24 * 60 * 60 * 1_000
const noBrokers = 'KAFKA_BROKERS is not set.'
const noAnswer = 'The read model does not answer.'
const mostAsked = 2
const noModel = 'READ_MODEL_URL or ADMIN_TOKEN is not set.'

export type Source = Reconciliation['sources'][number]

/** What a look found of one poll. rows: how many were counted for it. */
export interface Looked {
  readonly poll: WatchedPoll
  readonly asOf: string
  readonly books: Reconciliation['books']
  readonly sources: readonly Source[]
  readonly found: readonly FoundDrift[]
  readonly rows: number
}

export interface LookParts {
  /** A connection for each; the first has the house's keys. */
  readonly lanes: readonly [Redis, ...Redis[]]
  readonly pool: DatabasePool
  readonly write: Pick<WriteTally, 'whole'>
  /** Null where there is no Kafka. `fault`: why what was read of it cannot be judged now. */
  readonly events: {
    readonly seen: SeenEvents
    readonly reader: EventReader
    readonly fault: () => string | null
  } | null
  /** Null where there is no read model. `upTo`: epoch ms. */
  readonly askModel: ((pollId: string, upTo: number) => Promise<ModelCounts>) | null
  readonly log: Log
}

export interface Look {
  readonly looked: readonly Looked[]
  readonly queuedBatches: number
}

export function makeLook(parts: LookParts): (polls: readonly WatchedPoll[]) => Promise<Look> {
  const { lanes, pool, events } = parts
  const [redis] = lanes
  const queues = lanes.map(makeQueuedVotes)
  const queuedVotes = async () => (await Promise.all(queues.map((read) => read()))).flat()
  const missingBatches = followMissingBatches()
  const judgeShown = makeJudgeShown()
  const judgeModel = events && makeJudgeModel(events.reader.ends)
  const judgeEvents =
    events &&
    makeJudgeEvents({
      ...events,
      emittedRows: (pollNo, oldBefore) => emittedRows(pool, pollNo, oldBefore),
      takeBackMarks: (rows) => takeBackMarks(pool, rows),
    })
  // By poll, the runs that rows of the ledger name: should the mirror lose a poll of theirs, it shows.
  const runsInLedger = new Map<number, readonly string[]>()

  /** What the read model says, or why it says nothing. */
  async function ask({ pollId, isLive }: WatchedPoll, oldBefore: number): Promise<ModelCounts | string> {
    if (parts.askModel === null) return noModel
    if (judgeModel === null) return noBrokers
    if (!isLive) return 'It is asked of polls that votes may still come in for.'
    return parts.askModel(pollId, judgeModel.upTo(pollId) ?? oldBefore).catch((error: unknown) => {
      parts.log.debug({ err: error, pollId }, 'the read model cannot be asked')
      return noAnswer
    })
  }

  /** A few at a time, since it has few places for all who ask; once one has no answer the rest are not asked. */
  async function askAll(
    polls: readonly WatchedPoll[],
    oldBefore: number,
  ): Promise<readonly (ModelCounts | string)[]> {
    const answers = new Array<ModelCounts | string>(polls.length).fill(noAnswer)
    const left = [...polls.entries()]
    let isAway = false
    await Promise.all(
      Array.from({ length: mostAsked }, async () => {
        for (let next = left.shift(); next !== undefined && !isAway; next = left.shift()) {
          const [place, poll] = next
          answers[place] = await ask(poll, oldBefore)
          isAway ||= answers[place] === noAnswer
        }
      }),
    )
    return answers
  }

  return async (polls) => {
    const pollNos = polls.map(({ pollNo }) => pollNo)
    // What others derive from Postgres is read before Postgres: it can be behind, never ahead.
    const shown = await readShown(
      lanes,
      polls.map(({ pollId }) => pollId),
    )
    const oldBefore = Date.now() - eventsWithinMs
    const models = await askAll(polls, oldBefore)
    // The mirror, the queue, the ledger: in this order, see missing-batches.ts.
    const runs = new Set(pollNos.flatMap((pollNo) => runsInLedger.get(pollNo) ?? []))
    const mirror = await readMirroredRuns(pool, pollNos, [...runs])
    const queue = await queuedVotes()
    const among = events?.seen.count() ?? 0
    const read = polls.map(({ pollId }) => events?.seen.of(pollId, oldBefore) ?? null)
    const asOf = new Date().toISOString()
    const lastSeqs = [...mirror.values()].map(({ run, lastSeq }) => [run, lastSeq] as const)
    const stored = await inSnapshot(pool, async (tx) => ({
      ledger: await ledgerSums(tx, pollNos, lastSeqs, oldBefore),
      rows: await countRows(tx, pollNos),
      shards: await readShards(tx, pollNos),
      minutes: await sumMinutes(tx, pollNos),
      missing: await missingBatches(
        {
          missingSeqs: (run, from, to) => missingSeqs(tx, run, from, to),
          standing: (batches) => standingBatches(tx, batches),
          acceptedWith: (batches) => acceptedWith(tx, batches),
        },
        mirror,
        queue,
      ),
      unemitted: events === null ? [] : await unemittedRows(tx, pollNos, oldBefore),
      unreadable: await unreadableJobs(tx),
    }))
    for (const [pollNo, rows] of Map.groupBy(stored.ledger, (row) => row.pollNo))
      runsInLedger.set(pollNo, [...new Set(rows.map(({ run }) => run))])
    const books = balanceBooks({ ...stored, polls, mirror, shown })

    const looked: Looked[] = []
    for (const [i, poll] of polls.entries()) {
      const { pollNo, pollId, places, options } = poll
      const ledger = stored.ledger.filter((row) => row.pollNo === pollNo)
      const total = (of: (row: (typeof ledger)[number]) => number) => sum(ledger.map(of))
      const counted = total((row) => row.counted)
      const batches = total((row) => row.batches)
      const shards = stored.shards.filter((row) => row.pollNo === pollNo)
      const rows = new Array<number>(places).fill(0)
      for (const row of stored.rows) {
        if (row.pollNo === pollNo) addTo(rows, row.boxNo * options + row.optionNo, row.votes)
      }
      const minutes = new Array<number>(places).fill(0)
      const ofMinutes = stored.minutes.filter((row) => row.pollNo === pollNo)
      for (const { place, votes } of ofMinutes) addTo(minutes, place, votes)
      const shardSum = new Array<number>(places).fill(0)
      for (const { counts } of shards) counts.forEach((n, place) => addTo(shardSum, place, n))
      const batchesByShard = new Map<number, number>()
      for (const row of ledger)
        batchesByShard.set(row.shard, (batchesByShard.get(row.shard) ?? 0) + row.batches)
      const seqByShard = new Map(shards.map(({ shard, seq }) => [shard, seq]))

      const its = books.get(pollNo)
      if (its === undefined) continue
      const { lostBatches: _, isPart: __, ...balance } = its
      const unreadable = stored.unreadable.filter((nos) => nos.includes(pollNo)).length
      const found = judgeBooks(its, unreadable)
      const ofPostgres = { ledger: counted, rows, shards: shardSum, minutes }
      found.push(...judgeCounts({ ...ofPostgres, batchesByShard, seqByShard }))

      const now = performance.now()
      const fields = shown.polls.get(pollId)?.tally ?? {}
      const judged = judgeShown(pollId, fields, shards, now)
      // A false counter is not spread: Redis is put right only from counters that agree with the rest.
      const isOff = (...names: readonly FoundDrift['what'][]) =>
        found.some(({ what }) => names.includes(what))
      const shownFault = isOff('shards')
        ? 'The counters that it is made of are wrong: it is not judged until they are right.'
        : null
      if (shownFault === null) {
        if (judged.drift !== null) found.push(judged.drift)
        if (judged.mends.length > 0) await mendTally(redis, pollId, judged.mends)
        if (judged.isStuck) await parts.write.whole(pollId, shards)
      }

      // What hears of the ledger's rows is not held against a ledger that is wrong itself.
      const isLedgerOff = isOff('ledger', 'seqGap')
      const model = models[i] ?? noModel
      const marked = { batches: total((r) => r.oldBatches), counted: total((r) => r.oldCounted) }
      const unemitted = stored.unemitted.filter((row) => row.pollNo === pollNo)
      const modelDrift =
        judgeModel === null || typeof model === 'string' || isLedgerOff
          ? null
          : await judgeModel.judge(
              pollId,
              model,
              { ...{ batches, counted, marked }, upTo: oldBefore, unmarked: unemitted.length },
              now,
            )
      if (modelDrift !== null) found.push(modelDrift)

      const ofEvents = read[i] ?? null
      const isTooOld = ledger.some(({ oldestAt }) => oldestAt < Date.now() - eventsKeptForMs)
      const eventsFault =
        events === null || ofEvents === null
          ? noBrokers
          : isTooOld
            ? 'Kafka keeps events for 14 days, and this poll has older ones.'
            : events.fault()
      if (judgeEvents !== null && ofEvents !== null && eventsFault === null) {
        const drift = await judgeEvents({
          ...{ poll, read: ofEvents, among, oldBefore, emitted: marked, unemitted },
        })
        // One that has no event is sent again all the same.
        if (drift !== null && (drift.heals || !isLedgerOff)) found.push(drift)
      }

      const isRead = eventsFault === null && ofEvents !== null
      const source = (
        name: Source['name'],
        votes: number | null,
        batches: number | null = null,
        fault: string | null = null,
      ): Source => ({ name, votes, batches, fault })
      const numbers = sum(ofMinutes.map((row) => row.numbers))
      looked.push({
        ...{ poll, asOf, found, books: balance, rows: sum(rows) + 3 * batches + numbers },
        sources: [
          source('ledger', counted, batches),
          source('rows', sum(rows)),
          source('shards', sum(shardSum), sum([...seqByShard.values()])),
          source('minutes', sum(minutes)),
          isRead
            ? source('events', ofEvents.votes, ofEvents.batches)
            : source('events', null, null, eventsFault),
          shownFault === null ? source('shown', judged.total) : source('shown', null, null, shownFault),
          typeof model === 'string'
            ? source('readModel', null, null, model)
            : source('readModel', model.total, model.batches),
        ],
      })
    }
    return { looked, queuedBatches: queue.length }
  }
}

function addTo(counts: number[], place: number, votes: number): void {
  counts[place] = (counts[place] ?? 0) + votes
}
