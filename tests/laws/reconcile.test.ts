/** The laws of reconciliation: numbers that agree are never doubted, and each that does not is named. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Poll } from '../../contracts/poll.ts'
import type { Reconciliation, SourceName } from '../../contracts/reconciliation.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShards, encodeShard, type ShardCounts } from '../../contracts/tally.ts'
import type { Managed } from '../../local/managed.ts'
import { shownTotal, storedVotes } from '../counts.ts'
import { secrets, startHouse, until, type Door, type House } from '../house.ts'
import {
  agreesOn,
  crowdVotes,
  keepReports,
  untilReport,
  votesOf,
  whatDrifts,
  type VotersLog,
} from '../reconciled.ts'

const inPostgres = ['ledger', 'rows', 'shards', 'minutes'] as const satisfies SourceName[]

/** A look at which votes were under way. */
const isAmid = (votes: number) => (report: Reconciliation) => {
  const counted = votesOf(report, 'ledger') ?? 0
  return counted > 0 && counted < votes
}

describe('the books', () => {
  it('RC1 agree at every look while 3,000 votes come through two gateways, and at the end everywhere', async () => {
    await using house = await startHouse({ kafka: true })
    const doors = [await house.gateway(), await house.gateway()] as const
    await house.workers()
    const poll = await house.openPoll(doors[0])
    const kept = keepReports(house, poll.pollId)
    const { accepted, others } = await crowdVotes(doors, poll, 3_000)
    expect(others).toEqual([])
    expect(accepted.size).toBe(3_000)
    const all = [...inPostgres, 'events', 'shown'] as const
    const last = await untilReport(house, poll.pollId, 'all agree', agreesOn(3_000, all))
    await kept.stop()

    const looks = [...kept.reports.values()]
    expect(looks.filter(isAmid(3_000)).length).toBeGreaterThanOrEqual(2)
    expect(looks.flatMap(({ drifts }) => drifts)).toEqual([])
    for (const look of looks) {
      const votes = inPostgres.map((name) => votesOf(look, name))
      expect(new Set(votes).size, JSON.stringify(look)).toBe(1)
      expect(look.books.unexplained).toBe(0)
    }
    expect(last.books).toMatchObject({ accepted: 3_000, counted: 3_000, waiting: 0, lost: 0 })
  })

  it('RC2 name what a FLUSHALL in mid-load lost, to the vote, and the tally shown is what is stored again', async () => {
    await using house = await startHouse()
    const doors = [await house.gateway(), await house.gateway()] as const
    const worker = await house.workers({ roles: ['persist'] })
    await house.workers({ roles: ['reconcile'] })
    const poll = await house.openPoll(doors[0])
    const log: VotersLog = { accepted: new Map(), others: [] }
    const voting = crowdVotes(doors, poll, 3_000, log)
    await until('300 accepted', async () => log.accepted.size >= 300)
    await worker.kill()
    const stored = (await storedVotes(house, poll.pollId)).length
    await until('300 accepted and not stored', async () => log.accepted.size >= stored + 300)
    await house.redis.flushall()
    const flushedAt = performance.now()
    await until('shown is stored again', async () => (await shownTotal(house, poll.pollId)) === stored)
    const shownAfterS = (performance.now() - flushedAt) / 1_000
    await worker.restart()
    await voting
    expect(log.others).toEqual([])

    const rows = await until('all the rest is stored', async () => {
      const lines = await storedVotes(house, poll.pollId)
      const [missing] = await house.rows<{ n: string }>('select count(*) as n from batches_not_in_ledger')
      const lost = new Set(
        [...log.accepted]
          .filter(([voteId]) => !lines.some((line) => line.startsWith(voteId)))
          .map(([, batchId]) => batchId),
      )
      return Number(missing?.n) === lost.size && lines
    })
    const ids = new Set(rows.map((line) => line.split(' ')[0]))
    const lost = [...log.accepted.keys()].filter((voteId) => !ids.has(voteId)).length
    expect(lost).toBeGreaterThanOrEqual(300)
    const report = await untilReport(
      house,
      poll.pollId,
      'the loss is named',
      ({ books }) => books.accepted === 3_000 && books.waiting === 0,
    )
    expect(report.books).toMatchObject({ counted: 3_000 - lost, lost, unexplained: 0 })
    expect(report.drifts).toMatchObject([{ what: 'lost', votes: -lost, heals: false }])
    expect(report.drifts[0]?.says).toContain(`${lost.toLocaleString('en')} votes`)
    expect(votesOf(report, 'shown')).toBe(3_000 - lost)
    console.log(
      `RC2: ${lost} votes lost and named; shown is stored ${shownAfterS.toFixed(1)} s after the FLUSHALL`,
    )
    // The limit is 5 s; a machine that runs other tests beside has as much again.
    expect(shownAfterS).toBeLessThan(10)
  })

  it('RC13 put what was lost down to each poll, where a run took votes of several', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers({ roles: ['persist'] })
    await house.workers({ roles: ['reconcile'] })
    const polls = [await house.openPoll(door), await house.openPoll(door), await house.openPoll(door)]
    const cast = (each: readonly number[]) =>
      Promise.all(polls.map((poll, i) => crowdVotes([door], poll, each[i] ?? 0)))
    await cast([30, 20, 10])
    for (const [i, poll] of polls.entries())
      await untilReport(house, poll.pollId, 'stored', ({ books }) => books.counted === 30 - 10 * i)
    await worker.kill()
    const lost = [25, 40, 0]
    await cast(lost)
    for (const [i, { pollId }] of polls.entries()) {
      const waiting = ({ books }: Reconciliation) => books.waiting === lost[i]
      expect((await untilReport(house, pollId, 'waiting', waiting)).drifts).toEqual([])
    }
    const several = await house.rows<{ n: number }>(
      'select count(*)::int as n from run_polls group by run_id',
    )
    expect(several).toEqual([{ n: 3 }])
    await house.redis.flushall()
    await worker.restart()
    await cast([1, 2, 3])
    for (const [i, { pollId }] of polls.entries()) {
      const stored = 30 - 10 * i + i + 1
      const all = ({ books }: Reconciliation) => books.counted === stored
      const report = await untilReport(house, pollId, 'all stored', all)
      const votes = lost[i] ?? 0
      expect(report.books).toMatchObject({ accepted: stored + votes, lost: votes, unexplained: 0 })
      expect(whatDrifts(report)).toEqual(votes === 0 ? [] : ['lost'])
    }
  })
})

describe('a number that is falsified alone is named', () => {
  const votes = 24
  let house: House
  let door: Door
  let publisher: Managed
  beforeAll(async () => {
    house = await startHouse({ kafka: true })
    door = await house.gateway()
    await house.workers({ roles: ['persist', 'reconcile'] })
    publisher = await house.workers({ roles: ['publish'] })
  })
  afterAll(() => house[Symbol.asyncDispose]())

  /** A poll of its own with votes on which all numbers agree. */
  async function openCounted(sources: readonly SourceName[] = [...inPostgres, 'events', 'shown']) {
    const poll = await house.openPoll(door)
    const { accepted } = await crowdVotes([door], poll, votes)
    expect(accepted.size).toBe(votes)
    const agreed = (report: Reconciliation) =>
      agreesOn(votes, sources)(report) && report.books.accepted === votes
    await untilReport(house, poll.pollId, 'all agree', agreed)
    const [row] = await house.rows<{ no: number }>('select poll_no as no from polls where poll_id = $1', [
      poll.pollId,
    ])
    return { poll, pollId: poll.pollId, pollNo: row?.no ?? 0 }
  }

  /** The first report that names a drift, and what it names; the limit is 5 s. */
  async function named(pollId: string, what: string, falsify: () => Promise<unknown>) {
    await falsify()
    const at = performance.now()
    const report = await untilReport(house, pollId, `${what} is named`, (its) =>
      its.drifts.some((drift) => drift.what === what),
    )
    const seconds = (performance.now() - at) / 1_000
    console.log(
      `${what}: named after ${seconds.toFixed(1)} s: ${report.drifts.map(({ says }) => says).join(' ')}`,
    )
    // Tests beside this one may take both cores: as much again.
    expect(seconds).toBeLessThan(10)
    return report
  }

  it('RC3 a vote taken out of the rows', async () => {
    const { pollId, pollNo } = await openCounted()
    const report = await named(pollId, 'rows', () =>
      house.rows(
        'delete from votes where ctid = (select ctid from votes where poll_no = $1 limit 1) and poll_no = $1',
        [pollNo],
      ),
    )
    expect(report.drifts).toMatchObject([{ what: 'rows', votes: -1, heals: false }])
    expect(report.drifts[0]?.says).toBe('The stored votes have 1 vote too few.')
  })

  it('RC4 a row taken out of the ledger', async () => {
    const { pollId, pollNo } = await openCounted()
    const [row] = await house.rows<{ counted: number }>(
      `delete from ledger where poll_no = $1 and batch_id = (select batch_id from ledger where poll_no = $1 limit 1)
       returning counted`,
      [pollNo],
    )
    const lacks = -(row?.counted ?? 0)
    const report = await named(pollId, 'ledger', async () => undefined)
    expect(report.drifts).toMatchObject([
      { what: 'books', votes: lacks },
      { what: 'ledger', votes: lacks },
      { what: 'seqGap' },
    ])
  })

  it('RC5 an event that was skipped: named, and sent again', async () => {
    await publisher.stop()
    const { pollId, pollNo } = await openCounted([...inPostgres, 'shown'])
    const report = await named(pollId, 'events', () =>
      house.rows('update ledger set emitted_at = now() where poll_no = $1', [pollNo]),
    )
    expect(report.drifts).toMatchObject([{ what: 'events', votes: -votes, heals: true }])
    const [row] = await house.rows<{ n: number }>(
      'select count(*)::int as n from ledger where poll_no = $1 and emitted_at is not null',
      [pollNo],
    )
    expect(row?.n).toBe(0)
    await publisher.restart()
    await untilReport(house, pollId, 'sent again', agreesOn(votes, [...inPostgres, 'events', 'shown']))
  })

  it('RC6 a counter raised in Postgres, which is not spread to Redis', async () => {
    const { pollId, pollNo } = await openCounted()
    const report = await named(pollId, 'shards', () =>
      house.rows('update shard_counts set counts[1] = counts[1] + 5 where poll_no = $1', [pollNo]),
    )
    expect(report.drifts).toMatchObject([{ what: 'shards', votes: 5, heals: false }])
    expect(await shownTotal(house, pollId)).toBe(votes)
  })

  it('RC7 votes moved from one option to another in the counters, with the sum unchanged', async () => {
    const { pollId, pollNo } = await openCounted()
    const report = await named(pollId, 'shards', () =>
      house.rows(
        'update shard_counts set counts[1] = counts[1] - 2, counts[2] = counts[2] + 2 where poll_no = $1',
        [pollNo],
      ),
    )
    expect(report.drifts).toMatchObject([{ what: 'shards', votes: 2 }])
    expect(report.drifts[0]?.says).toBe('The counters have 2 votes under another option or box.')
  })

  it('RC8 a counter by minute raised', async () => {
    const { pollId, pollNo } = await openCounted()
    const report = await named(pollId, 'minutes', () =>
      house.rows(
        `update minute_counts set counts[1] = counts[1] + 3
         where poll_no = $1 and minute = (select min(minute) from minute_counts where poll_no = $1)`,
        [pollNo],
      ),
    )
    expect(report.drifts).toMatchObject([{ what: 'minutes', votes: 3, heals: false }])
  })

  it('RC9 what the gateways say that they accepted, raised', async () => {
    const { pollId, pollNo } = await openCounted()
    const report = await named(pollId, 'books', () =>
      house.rows('update run_polls set accepted = accepted + 7 where poll_no = $1', [pollNo]),
    )
    expect(report.drifts).toMatchObject([{ what: 'books', votes: -7, heals: false }])
    expect(report.books).toMatchObject({ accepted: votes + 7, unexplained: 7 })
  })

  it('RC10 the tally shown: raised, moved, ahead of what is stored, or gone; it is put right', async () => {
    const { pollId } = await openCounted()
    const key = redisKeys.tally(pollId)
    const [shard] = decodeShards(await house.redis.hgetall(key))
    if (shard === undefined) throw new Error('no shard')
    const [first = 0, second = 0, ...rest] = shard.counts
    const falsified: [ShardCounts, number][] = [
      [{ ...shard, counts: [first + 9, second, ...rest] }, 9],
      [{ ...shard, counts: [first - 1, second + 1, ...rest] }, 0],
      [{ ...shard, seq: shard.seq + 1_000, counts: [first - 4, second, ...rest] }, -4],
    ]
    for (const [its, off] of falsified) {
      const report = await named(pollId, 'shown', () =>
        house.redis.hset(key, String(shard.shard), encodeShard(its)),
      )
      expect(report.drifts).toMatchObject([{ what: 'shown', votes: off, heals: true }])
      await untilReport(house, pollId, 'put right', agreesOn(votes, ['shown']))
      expect(decodeShards(await house.redis.hgetall(key))).toEqual([shard])
    }
    const report = await named(pollId, 'shown', () => house.redis.del(key))
    expect(report.drifts).toMatchObject([{ what: 'shown', votes: -votes, heals: true }])
    await untilReport(house, pollId, 'put right', agreesOn(votes, ['shown']))
  })
})

describe('the reconciler', () => {
  it('RC11 killed, is followed by another within seconds; since when a number is wrong is kept', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const first = await house.workers({ roles: ['reconcile'] })
    const { pollId } = await house.openPoll(door)
    const options = [{ optionId: 'samba' }, { optionId: 'forro' }] as Poll['options']
    await crowdVotes([door], { pollId, options }, 10)
    await untilReport(house, pollId, 'all agree', agreesOn(10, [...inPostgres, 'shown']))
    await house.workers({ roles: ['reconcile'] })
    await house.rows('update minute_counts set counts[1] = counts[1] + 3')
    const isNamed = ({ drifts }: Reconciliation) => drifts.some(({ what }) => what === 'minutes')
    const before = await untilReport(house, pollId, 'the drift is named', isNamed)
    await first.kill()
    const killedAt = new Date().toISOString()
    const after = await untilReport(house, pollId, 'another looks', ({ asOf }) => asOf > killedAt)
    console.log(
      `RC11: looked at again ${(Date.parse(after.asOf) - Date.parse(killedAt)) / 1_000} s after the kill`,
    )
    expect(after.drifts).toEqual(before.drifts)
  })

  it('RC12 tells moderators alone what it found', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'reconcile'] })
    const { pollId } = await house.openPoll(door)
    const options = [{ optionId: 'samba' }, { optionId: 'forro' }] as Poll['options']
    await crowdVotes([door], { pollId, options }, 10)
    await untilReport(house, pollId, 'all agree', agreesOn(10, [...inPostgres, 'shown']))
    const ask = async (token: string | null) => {
      const response = await fetch(`${door.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({
          query: `{ reconciliation(pollId: "${pollId}") {
            books { accepted counted lost unexplained } drifts { what } sources { name votes fault } } }`,
        }),
      })
      return (await response.json()) as { data?: { reconciliation: unknown }; errors?: unknown }
    }
    expect(await ask(secrets.ADMIN_TOKEN)).toMatchObject({
      data: {
        reconciliation: {
          books: { accepted: 10, counted: 10, lost: 0, unexplained: 0 },
          drifts: [],
          sources: expect.arrayContaining([{ name: 'rows', votes: 10, fault: null }]),
        },
      },
    })
    expect(await ask(null)).toMatchObject({ errors: [{ extensions: { code: 'admin-token-needed' } }] })
  })
})
