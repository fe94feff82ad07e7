/** The laws of reconciliation: each number that is falsified alone is named within seconds, and put right where it can be. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reconciliation, SourceName } from '../../contracts/reconciliation.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShards, encodeShard, type ShardCounts } from '../../contracts/tally.ts'
import type { Managed } from '../../local/managed.ts'
import { queueWorkersProcess } from '../../local/processes.ts'
import { findFreePort } from '../../local/ports.ts'
import { readEventsBack } from '../../queue-workers/reconcile/read-events.kafka.ts'
import { makeSeenEvents } from '../../queue-workers/reconcile/seen-events.ts'
import { shownTotal } from '../counts.ts'
import { secrets, startHouse, until, type Door, type House } from '../house.ts'
import { log } from '../live-redis.ts'
import { modelRows } from '../read-model-house.ts'
import { agreesOn, crowdVotes, inPostgres, untilReport, votesOf } from '../reconciled.ts'

describe('a number that is falsified alone is named', () => {
  const votes = 24
  let house: House
  let door: Door
  let publisher: Managed
  beforeAll(async () => {
    house = await startHouse({ kafka: true, readModel: true })
    door = await house.gateway()
    await house.workers({ roles: ['persist', 'reconcile', 'read-model'] })
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

  it('RC4 a row taken out of the ledger: those who have heard of it are not blamed', async () => {
    const { pollId, pollNo } = await openCounted([...inPostgres, 'events', 'shown', 'readModel'])
    const [row] = await house.rows<{ counted: number }>(
      `delete from ledger where poll_no = $1 and batch_id = (select batch_id from ledger where poll_no = $1 limit 1)
       returning counted`,
      [pollNo],
    )
    const lacks = -(row?.counted ?? 0)
    const report = await named(pollId, 'ledger', async () => undefined)
    const theirs = [{ what: 'books', votes: lacks }, { what: 'ledger', votes: lacks }, { what: 'seqGap' }]
    expect(report.drifts).toMatchObject(theirs)
    const later = await untilReport(house, pollId, 'looked again', (its) => its.asOf > report.asOf)
    expect(later.drifts).toMatchObject(theirs)
    expect(votesOf(later, 'readModel')).toBe(votes)
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
    // It is not held against counters that are wrong, and does not read as if it agreed with them.
    expect(report.sources.find(({ name }) => name === 'shown')).toMatchObject({
      votes: null,
      fault: 'The counters that it is made of are wrong: it is not judged until they are right.',
    })
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
    // A worker's own round may be quicker than the 2 s for which a tally may be behind: RP6 has what is said then.
    await house.redis.del(key)
    await until('the tally is back', async () => (await shownTotal(house, pollId)) === votes)
  })

  it('RC18 a row of the ledger that counts a vote more than it has: neither Kafka nor the read model is blamed', async () => {
    const { pollId, pollNo } = await openCounted([...inPostgres, 'events', 'shown', 'readModel'])
    const report = await named(pollId, 'ledger', () =>
      house.rows(
        `update ledger set counted = counted + 1, received = received + 1
         where poll_no = $1 and batch_id = (select batch_id from ledger where poll_no = $1 limit 1)`,
        [pollNo],
      ),
    )
    const theirs = [
      { what: 'books', votes: 1 },
      { what: 'ledger', votes: 1 },
    ]
    expect(report.drifts).toMatchObject(theirs)
    // Rows are held against Kafka once they are 2 s old.
    const isLater = (its: Reconciliation) => Date.parse(its.asOf) > Date.parse(report.asOf) + 3_000
    expect((await untilReport(house, pollId, 'looked again', isLater)).drifts).toMatchObject(theirs)
  })

  it('RC15 an event that the read model has skipped, while votes go on coming in', async () => {
    const { poll, pollId } = await openCounted([...inPostgres, 'events', 'shown', 'readModel'])
    let isOver = false
    const voting = (async () => {
      while (!isOver) await crowdVotes([door], poll, 10, undefined, 2)
    })()
    try {
      const many = ({ books }: Reconciliation) => books.counted > 4 * votes
      await untilReport(house, pollId, 'many more votes', many)
      let skipped = 0
      const report = await named(pollId, 'readModel', async () => {
        skipped = await skipOldest(pollId)
      })
      expect(skipped).toBeGreaterThan(0)
      expect(report.drifts).toMatchObject([{ what: 'readModel', votes: -skipped, heals: false }])
      expect(report.drifts[0]?.says).toContain('has read past 1 batch')
      const later = await untilReport(
        house,
        pollId,
        'votes came in meanwhile, and it is named still',
        ({ books, asOf }) => asOf > report.asOf && books.counted > report.books.counted,
      )
      expect(later.drifts).toMatchObject([{ what: 'readModel', votes: -skipped, heals: false }])
    } finally {
      isOver = true
      await voting
    }
  })

  /**
   * As if the read model had passed over the oldest event of a poll; answers how many votes that had.
   * The poll's progress is locked first, as the read model itself does, or the two wait for each other.
   */
  async function skipOldest(pollId: string): Promise<number> {
    const [gone] = await modelRows<{ counted: number }>(
      house,
      `with gone as (
         delete from events where event_id = (
           select event_id
           from (select poll_id from poll_progress where poll_id = $1 for update) locked
           join events using (poll_id)
           where batch_id is not null order by event_time limit 1)
         returning counted, message::json -> 'data' -> 'votes' as votes),
       of_options as (
         select vote ->> 2 as box_id, vote ->> 3 as option_id, count(*) as votes
         from gone, json_array_elements(gone.votes) as vote group by 1, 2),
       progress as (update poll_progress set batches = batches - 1 where poll_id = $1),
       options as (
         update option_counts c set votes = c.votes - o.votes from of_options o
         where c.poll_id = $1 and (c.box_id, c.option_id) = (o.box_id, o.option_id))
       select counted from gone`,
      [pollId],
    )
    return gone?.counted ?? 0
  }

  it('RC17 an event is heard also behind a reader that was given up and opened anew, and none twice', async () => {
    const seen = makeSeenEvents()
    await using reader = readEventsBack((house.services.kafkaBrokers ?? '').split(','), seen, log)
    const { poll, pollId } = await openCounted()
    const heard = () => seen.of(pollId, Date.now()).votes
    await until('all is heard', async () => heard() === votes)
    const times = reader.timesRead()
    reader.reopen()
    await crowdVotes([door], poll, 5)
    await until('the rest is heard', async () => heard() >= votes + 5)
    const ends = await reader.ends()
    await until('it stands at the end', async () => reader.isAt(ends))
    expect(heard()).toBe(votes + 5)
    expect(reader.timesRead()).toBeGreaterThan(times)
  })

  it('RC19 while the books cannot be looked at, every worker of the role says for how long', async () => {
    await openCounted()
    const { services, dataDir } = house
    const ground = { checkout: process.cwd(), logDir: dataDir, ...services }
    const port = await findFreePort()
    const standby = queueWorkersProcess(ground, { port, secrets, name: 'standby', roles: ['reconcile'] })
    await standby.start()
    try {
      const age = async () => {
        const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
        return Number(/^urna_reconcile_last_look_age_seconds\S* (\S+)$/m.exec(page)?.[1])
      }
      // Another reconciles.
      await until('it is looked each second', async () => (await age()) < 4)
      await house.rows('alter table votes rename to votes_away')
      try {
        await until('it is not', async () => (await age()) > 8)
      } finally {
        await house.rows('alter table votes_away rename to votes')
      }
      await until('it is again', async () => (await age()) < 4)
    } finally {
      await standby.stop()
    }
  })
})
