/** The laws of reconciliation: numbers that agree are never doubted, and what was lost is named. */
import { describe, expect, it } from 'vitest'
import type { Poll } from '../../contracts/poll.ts'
import type { Reconciliation } from '../../contracts/reconciliation.ts'
import { shownTotal, storedVotes } from '../counts.ts'
import { secrets, startHouse, until } from '../house.ts'
import {
  agreesOn,
  crowdVotes,
  inPostgres,
  keepReports,
  reportOf,
  untilReport,
  votesOf,
  whatDrifts,
  type VotersLog,
} from '../reconciled.ts'

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
    const agrees = agreesOn(3_000, all)
    // The copy of what was accepted comes each second, so it may be the last to be whole.
    const last = await untilReport(
      house,
      poll.pollId,
      'all agree',
      (report) => agrees(report) && report.books.accepted === 3_000,
    )
    await kept.stop()

    const looks = [...kept.reports.values()]
    expect(looks.filter(isAmid(3_000)).length).toBeGreaterThanOrEqual(2)
    // What is late on a busy machine heals by itself; nothing else may ever be doubted, and nothing in the end.
    expect(looks.flatMap(({ drifts }) => drifts.filter(({ heals }) => !heals))).toEqual([])
    expect(last.drifts).toEqual([])
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

describe('what a gateway had no time to mirror', () => {
  it('RC14 is in the books when it was killed, in every lane, and is named when Redis is lost later', async () => {
    await using house = await startHouse()
    const env = { HASH_TAGS: '2' }
    const [door, other] = [await house.gateway({ env }), await house.gateway({ env })]
    const worker = await house.workers({ roles: ['persist'], env })
    await house.workers({ roles: ['reconcile'], env })
    const poll = await house.openPoll(door)
    await crowdVotes([door, other], poll, 60)
    const isCounted = ({ books }: Reconciliation) => books.counted === 60 && books.accepted === 60
    await untilReport(house, poll.pollId, 'counted', isCounted)
    await worker.kill()

    // It stands in the mirror of its first votes when the rest come.
    const held = await house.holdRow('select from gateway_runs for update')
    await crowdVotes([door], poll, 1)
    await until('its mirror is held up', async () => {
      const waiting = await house.rows(`
        select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into gateway_runs%'`)
      return waiting.length > 0
    })
    const { accepted } = await crowdVotes([door], poll, 40)
    expect(accepted.size).toBe(40)
    await door.process.kill()
    await held.letGo()

    const all = ({ books }: Reconciliation) => books.accepted === 101
    const before = await untilReport(house, poll.pollId, 'all are accepted', all)
    expect(before.books).toMatchObject({ counted: 60, waiting: 41, lost: 0, unexplained: 0 })
    expect(before.drifts).toEqual([])
    await house.redis.flushall()
    await worker.restart()
    const named = ({ books }: Reconciliation) => books.lost > 0
    const after = await untilReport(house, poll.pollId, 'the loss is named', named)
    expect(after.books).toMatchObject({ accepted: 101, counted: 60, waiting: 0, lost: 41, unexplained: 0 })
    expect(whatDrifts(after)).toEqual(['lost'])
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

  it('RC16 looks at a poll also while another one cannot be looked at', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'reconcile'] })
    const polls = [await house.openPoll(door), await house.openPoll(door)] as const
    for (const poll of polls) {
      await crowdVotes([door], poll, 10)
      await untilReport(house, poll.pollId, 'all agree', agreesOn(10, inPostgres))
    }
    const [away, well] = polls
    const [row] = await house.rows<{ no: number }>('select poll_no as no from polls where poll_id = $1', [
      away.pollId,
    ])
    const held = await house.holdRow(`lock table votes_${row?.no} in access exclusive mode`)
    try {
      await crowdVotes([door], well, 15)
      await untilReport(house, well.pollId, 'the other is looked at', agreesOn(25, inPostgres))
      await crowdVotes([door], well, 5)
      await untilReport(house, well.pollId, 'and again', agreesOn(30, inPostgres))
      expect(await reportOf(house, away.pollId)).toMatchObject({ books: { counted: 10 } })
    } finally {
      await held.letGo()
    }
    await crowdVotes([door], away, 5)
    await untilReport(house, away.pollId, 'it is looked at again', agreesOn(15, inPostgres))
  })

  it('RC12 tells moderators alone what it found', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist', 'reconcile'] })
    const { pollId } = await house.openPoll(door)
    const options = [{ optionId: 'samba' }, { optionId: 'forro' }] as Poll['options']
    await crowdVotes([door], { pollId, options }, 10)
    // The gateway copies what it accepted once a second: until then the books are of what was copied.
    const isWhole = agreesOn(10, [...inPostgres, 'shown'])
    await untilReport(house, pollId, 'all agree', (report) => isWhole(report) && report.books.accepted === 10)
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
          drifts: expect.any(Array),
          sources: expect.arrayContaining([{ name: 'rows', votes: 10, fault: null }]),
        },
      },
    })
    expect(await ask(null)).toMatchObject({ errors: [{ extensions: { code: 'admin-token-needed' } }] })
  })
})
