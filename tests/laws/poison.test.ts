/** The laws of poison: what cannot be stored stands alone with its reason, the rest counts; an outage rejects nobody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Queue } from 'bullmq'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { batchQueue, entryParts, entryWidth } from '../../contracts/batch.ts'
import type { UrnaClient } from '../../contracts/client.ts'
import { canonicalBytes, ledgerContentShape, type LedgerContent } from '../../contracts/ledger.ts'
import type { Poll } from '../../contracts/poll.ts'
import { books, shownTotal, storedVotes, untilCounted } from '../counts.ts'
import { startHouse, until, voterAt, type Door, type House } from '../house.ts'
import { rowHash } from '../row-hash.ts'

let house: House
let door: Door
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
})
afterAll(() => house[Symbol.asyncDispose]())

interface Cast {
  readonly voter: UrnaClient
  readonly voteId: string
}

const castMany = (pollId: string, many: number): Promise<Cast[]> =>
  Promise.all(
    Array.from({ length: many }, async () => {
      const voter = voterAt(door)
      const voteId = uuidv7()
      expect(await voter.cast({ pollId, optionId: 'samba', voteId })).toMatchObject({ accepted: true })
      return { voter, voteId }
    }),
  )

/** Runs what is told before each insert of a vote of the poll. `new` is the vote. */
async function beforeEachVote({ pollId }: Poll, does: string): Promise<{ takeAway: () => Promise<void> }> {
  const [row] = await house.rows<{ poll_no: number }>('select poll_no from polls where poll_id = $1', [
    pollId,
  ])
  const name = `poison_${row?.poll_no}`
  await house.rows(`create or replace function ${name}() returns trigger language plpgsql as $$
    begin ${does}; return new; end $$`)
  await house.rows(`create trigger ${name} before insert on votes_${row?.poll_no}
    for each row execute function ${name}()`)
  return { takeAway: () => house.rows(`drop function ${name}() cascade`).then(() => undefined) }
}

const list = (votes: readonly Cast[]) => votes.map(({ voteId }) => `'${voteId}'`).join(', ')
const raise = (code: string) => `raise exception 'poison' using errcode = '${code}', constraint = 'a_test'`

interface Row extends LedgerContent {
  readonly counted: number
  readonly rejected: number
}

/** The poll's ledger rows, each as it can be checked: canonical, in its chain, and with sums that are its own. */
async function ledgerOf({ pollId }: Poll): Promise<Row[]> {
  const rows = await house.rows<{
    shard: number
    content: Buffer
    hash: Buffer
    received: number
    counted: number
    rejected: number
  }>('select l.* from ledger l join polls using (poll_no) where poll_id = $1 order by shard, seq', [pollId])
  const before = new Map<number, Buffer>()
  return rows.map(({ shard, content, hash, received, counted, rejected }) => {
    const read = ledgerContentShape.parse(JSON.parse(content.toString()))
    expect(canonicalBytes(read)).toEqual(content)
    expect(rowHash(before.get(shard) ?? Buffer.alloc(32), content).equals(hash)).toBe(true)
    before.set(shard, hash)
    expect(received).toBe(read.votes.length)
    expect(counted).toBe(received - read.uncounted.length)
    expect(rejected).toBe(read.uncounted.filter(({ outcome }) => outcome === 'rejected').length)
    return { ...read, counted, rejected }
  })
}

const sum = (rows: readonly Row[], of: 'counted' | 'rejected') =>
  rows.reduce((total, row) => total + row[of], 0)

/** The voteIds that were rejected for this reason. */
const rejectedFor = (rows: readonly Row[], why: string) =>
  rows
    .flatMap(({ votes, uncounted }) =>
      uncounted
        .filter((its) => its.outcome === 'rejected' && its.why === why)
        .map(({ position }) => votes.find(([at]) => at === position)?.[1]),
    )
    .sort()

const ids = (votes: readonly Cast[]) => votes.map(({ voteId }) => voteId).sort()

async function untilReceived(poll: Poll, votes: number): Promise<Row[]> {
  return until(`${votes} votes in the ledger`, async () => {
    const rows = await ledgerOf(poll)
    return rows.reduce((total, row) => total + row.votes.length, 0) === votes && rows
  })
}

const queueKey = `${batchQueue.prefix}:${batchQueue.name}`

describe('a vote that Postgres refuses', () => {
  it('Z1 stands alone with its reason, and those beside it count; its voter hears so, and the books add up', async () => {
    const poll = await house.openPoll(door)
    const votes = await castMany(poll.pollId, 600)
    const bad = votes.slice(300, 301)
    await beforeEachVote(poll, `if new.vote_id in (${list(bad)}) then ${raise('22023')}; end if`)
    const worker = await house.workers()
    const rows = await untilReceived(poll, 600)
    expect([sum(rows, 'counted'), sum(rows, 'rejected')]).toEqual([599, 1])
    expect(rejectedFor(rows, 'unstorable 22023')).toEqual(ids(bad))
    await untilCounted(house, poll.pollId, 599)
    const [{ voter, voteId } = votes[0]!] = bad
    expect(await voter.trpc.vote.status.query({ pollId: poll.pollId, voteId })).toMatchObject({
      ...{ state: 'rejected', why: 'unstorable 22023' },
    })
    await until('the books add up', async () => {
      const { accepted, received, missing } = await books(house)
      return accepted === received && missing === 0
    })
    expect(await house.redis.exists(`${queueKey}:delayed`, `${queueKey}:active`)).toBe(0)
    await worker.stop()
  })

  it('Z2 is found as one of three and as one of nothing but such; a check of the table is a reason as well', async () => {
    const [some, all] = [await house.openPoll(door), await house.openPoll(door)]
    const [of, ofAll] = [await castMany(some.pollId, 200), await castMany(all.pollId, 40)]
    const three = [of[0]!, of[99]!, of[199]!]
    const [row] = await house.rows<{ poll_no: number }>('select poll_no from polls where poll_id = $1', [
      some.pollId,
    ])
    await house.rows(
      `alter table votes_${row?.poll_no} add constraint no_poison check (vote_id not in (${list(three)}))`,
    )
    await beforeEachVote(all, raise('23503'))
    const worker = await house.workers()
    const rows = await untilReceived(some, 200)
    expect(rejectedFor(rows, 'unstorable 23514')).toEqual(ids(three))
    expect([sum(rows, 'counted'), sum(rows, 'rejected')]).toEqual([197, 3])
    const rowsOfAll = await untilReceived(all, 40)
    expect(rejectedFor(rowsOfAll, 'unstorable 23503')).toEqual(ids(ofAll))
    await untilCounted(house, some.pollId, 197)
    expect(await storedVotes(house, all.pollId)).toEqual([])
    expect(await shownTotal(house, all.pollId)).toBe(0)
    await worker.stop()
  })

  it('Z3 once and never again is counted with all others', async () => {
    const poll = await house.openPoll(door)
    await castMany(poll.pollId, 100)
    await house.rows('create sequence tries_of_z3')
    await beforeEachVote(poll, `if nextval('tries_of_z3') = 50 then ${raise('23514')}; end if`)
    const worker = await house.workers()
    const rows = await untilReceived(poll, 100)
    expect([sum(rows, 'counted'), sum(rows, 'rejected')]).toEqual([100, 0])
    await untilCounted(house, poll.pollId, 100)
    // Standing alone is what decides, not that it was refused before.
    const alone = await house.openPoll(door)
    await house.rows('create sequence tries_alone')
    await beforeEachVote(alone, `if nextval('tries_alone') = 1 then ${raise('23514')}; end if`)
    await castMany(alone.pollId, 1)
    expect(sum(await untilReceived(alone, 1), 'rejected')).toBe(0)
    await untilCounted(house, alone.pollId, 1)
    await worker.stop()
  })

  it('Z4 is found anew where the worker is killed in the middle of the search', async () => {
    const poll = await house.openPoll(door)
    const votes = await castMany(poll.pollId, 120)
    const bad = [votes[7]!, votes[90]!]
    await beforeEachVote(poll, `if new.vote_id in (${list(bad)}) then ${raise('23502')}; end if`)
    const doomed = await house.workers({ env: { CRASH_AT: 'persist.splitting' }, waitReady: false })
    await until('dead', async () => doomed.pid === null)
    expect(await ledgerOf(poll)).toEqual([])
    expect(await storedVotes(house, poll.pollId)).toEqual([])
    const worker = await house.workers()
    const rows = await untilReceived(poll, 120)
    expect(rejectedFor(rows, 'unstorable 23502')).toEqual(ids(bad))
    await untilCounted(house, poll.pollId, 118)
    await worker.stop()
  })
})

describe('a fault that is no vote’s', () => {
  // What Postgres says in recovery, read only, full, locked, too slow, out of reach; in a migration, and of our bugs.
  const passing = [
    ...['57P03', '25006', '53100', '53200', '55P03', '57014', '40001', '40P01', '08006', '58030', '28P01'],
  ]
  const faults = [...passing, ...['42P01', '42703', '0A000', 'XX000', 'XX001', 'P0001', '22P03', '42501']]

  it(`Z5 rejects nobody: votes wait and count when it is over (${faults.join(' ')})`, async () => {
    const worker = await house.workers()
    for (const code of faults) {
      const poll = await house.openPoll(door)
      const tries = `tries_of_${code.toLowerCase()}`
      await house.rows(`create sequence ${tries}`)
      const fault = await beforeEachVote(poll, `perform nextval('${tries}'); ${raise(code)}`)
      await castMany(poll.pollId, 5)
      await until(`tried in vain under ${code}`, async () => {
        const [row] = await house.rows<{ n: string }>(`select last_value as n from ${tries}`)
        return Number(row?.n) >= 2
      })
      expect(await ledgerOf(poll)).toEqual([])
      // A dependency is waited for with the jobs in hand.
      if (passing.includes(code)) expect(await house.redis.exists(`${queueKey}:delayed`)).toBe(0)
      await fault.takeAway()
      const rows = await untilReceived(poll, 5)
      expect([code, sum(rows, 'counted'), sum(rows, 'rejected')]).toEqual([code, 5, 0])
    }
    await worker.stop()
  })

  it('Z6 of one poll holds up no other: its batches wait in the queue, for a table that is missing too', async () => {
    const [hindered, other] = [await house.openPoll(door), await house.openPoll(door)]
    const [row] = await house.rows<{ poll_no: number }>('select poll_no from polls where poll_id = $1', [
      hindered.pollId,
    ])
    const partition = `votes_${row?.poll_no}`
    await house.rows(`alter table votes detach partition ${partition}`)
    await castMany(hindered.pollId, 30)
    await castMany(other.pollId, 30)
    const worker = await house.workers()
    await untilCounted(house, other.pollId, 30)
    await until('its batches went back', async () => (await house.redis.zcard(`${queueKey}:delayed`)) > 0)
    expect(await ledgerOf(hindered)).toEqual([])
    await house.rows(`alter table votes attach partition ${partition} for values in (${row?.poll_no})`)
    await untilCounted(house, hindered.pollId, 30)
    expect(sum(await ledgerOf(hindered), 'rejected')).toBe(0)
    await worker.stop()
  })
})

describe('what cannot be read', () => {
  const jobsOf = () => house.redis.lrange(`${queueKey}:wait`, 0, -1)
  const batchShape = z.looseObject({ votes: z.string() })
  const batchIn = async (batchId: string) =>
    batchShape.parse(JSON.parse((await house.redis.hget(`${queueKey}:${batchId}`, 'data')) ?? ''))

  /** Writes over some characters of the votes of a job that waits. */
  async function damage(batchId: string, at: number, text: string): Promise<void> {
    const data = await batchIn(batchId)
    const votes = data.votes.slice(0, at) + text + data.votes.slice(at + text.length)
    await house.redis.hset(`${queueKey}:${batchId}`, 'data', JSON.stringify({ ...data, votes }))
  }

  it('Z7 of a batch is rejected vote by vote, with its voteId where that can be read; the rest counts', async () => {
    const poll = await house.openPoll(door)
    const votes = await castMany(poll.pollId, 300)
    const sizes = await Promise.all(
      (await jobsOf()).map(async (batchId) => {
        const { votes } = await batchIn(batchId)
        return { batchId, votes }
      }),
    )
    const largest = sizes.sort((a, b) => b.votes.length - a.votes.length)[0]!
    const idAt = (n: number) => largest.votes.slice(n * entryWidth + entryParts.voteId, (n + 1) * entryWidth)
    const spoiled = [0, 1, 2, 3, 4].map(idAt)
    await damage(largest.batchId, 0 * entryWidth + entryParts.boxNo, '!')
    await damage(largest.batchId, 1 * entryWidth + entryParts.optionNo, 'xx')
    await damage(largest.batchId, 2 * entryWidth + entryParts.voterKey, 'İ')
    await damage(largest.batchId, 3 * entryWidth + entryParts.voteId, '"\\\u0000\u2028')
    await damage(largest.batchId, 4 * entryWidth, '"}'.repeat(entryWidth).slice(0, entryWidth))
    const worker = await house.workers()
    const rows = await untilReceived(poll, 300)
    expect([sum(rows, 'counted'), sum(rows, 'rejected')]).toEqual([295, 5])
    const none = '00000000-0000-0000-0000-000000000000'
    expect(rejectedFor(rows, 'unreadable')).toEqual([none, none, ...spoiled.slice(0, 3)].sort())
    const its = rows.find(({ batchId }) => batchId === largest.batchId)
    expect(its?.votes.slice(0, 5).map(([, , box, option]) => `${box} ${option}`)).toEqual([
      ...[' ', ' ', 'audience samba', 'audience samba', ' '],
    ])
    await untilCounted(house, poll.pollId, 295)
    const cast = votes.find(({ voteId }) => voteId === spoiled[0])
    expect(
      await cast?.voter.trpc.vote.status.query({ pollId: poll.pollId, voteId: spoiled[0] ?? '' }),
    ).toMatchObject({ state: 'rejected', why: 'unreadable' })
    await worker.stop()
  })

  it('Z8 as a batch is kept with the reason and leaves the queue; its votes show as a gap, the rest counts', async () => {
    const poll = await house.openPoll(door)
    const before = new Set(await jobsOf())
    const fresh = async () => (await jobsOf()).filter((batchId) => !before.has(batchId))
    const contents = ['no json {\u0000', '"only a text"', '{"v":3,"votes":"of the future"}', '']
    for (const content of contents) {
      await castMany(poll.pollId, 1)
      const [batchId = ''] = await fresh()
      before.add(batchId)
      await house.redis.hset(`${queueKey}:${batchId}`, 'data', content)
    }
    await castMany(poll.pollId, 1)
    const [short = ''] = await fresh()
    before.add(short)
    const data = await batchIn(short)
    const cut = JSON.stringify({ ...data, votes: data.votes.slice(0, -1) })
    await house.redis.hset(`${queueKey}:${short}`, 'data', cut)
    await castMany(poll.pollId, 20)

    const worker = await house.workers()
    await untilCounted(house, poll.pollId, 20)
    const kept = await until('all are kept', async () => {
      const rows = await house.rows<{ content: string; why: string }>(
        'select content, why from unreadable_jobs order by job_id',
      )
      return rows.length === 5 && rows
    })
    expect(kept.map(({ content }) => content)).toEqual([
      ...['no json {\\u0000', 'only a text', contents[2], '{}', cut],
    ])
    expect(kept.every(({ why }) => why.length > 10)).toBe(true)
    expect(kept[4]?.why).toContain('must be whole entries')
    await until('none is left in the queue', async () => {
      const left = await house.redis.exists(
        ...['wait', 'active', 'delayed', 'failed'].map((of) => `${queueKey}:${of}`),
      )
      return left === 0
    })
    await until('five batches are missing', async () => {
      const { accepted, received, missing } = await books(house)
      return missing === 5 && accepted - received === 5
    })
    await worker.stop()
  })

  it('Z10 because a later release wrote it waits for a worker of that release, while the rest counts', async () => {
    const poll = await house.openPoll(door)
    await castMany(poll.pollId, 1)
    const [later = ''] = await jobsOf()
    const data = await batchIn(later)
    const write = (its: object) =>
      house.redis.hset(`${queueKey}:${later}`, 'data', JSON.stringify({ ...data, ...its }))
    await write({ v: 4, votes: { in: 'another form' } })
    await castMany(poll.pollId, 20)
    const worker = await house.workers()
    await untilCounted(house, poll.pollId, 20)
    await until('it waits', async () => (await house.redis.zscore(`${queueKey}:delayed`, later)) !== null)
    expect(await house.rows('select from unreadable_jobs where job_id = $1', [later])).toEqual([])
    // As if a worker that reads it had come.
    await write({})
    await untilCounted(house, poll.pollId, 21)
    await worker.stop()
  })

  it('Z9 as a batch waits in the queue while it cannot be kept, over the stop of its worker', async () => {
    await using house = await startHouse()
    const first = await house.workers()
    await house.services.postgres.kill()
    const queue = new Queue(batchQueue.name, {
      connection: { url: house.services.redisUrl },
      prefix: batchQueue.prefix,
    })
    await using stack = new AsyncDisposableStack()
    stack.defer(() => queue.close())
    const jobId = uuidv7()
    // Without a number of attempts, as a damaged one may be: BullMQ would let it rest in `failed`.
    await queue.add(batchQueue.job, { v: 'none' }, { jobId })
    await until('in its hands', async () => (await queue.getJobCounts('active'))['active'] === 1)
    await first.stop()
    expect(await queue.getJobCounts('delayed', 'failed', 'active')).toEqual({
      delayed: 1,
      failed: 0,
      active: 0,
    })
    await house.services.postgres.restart()
    await house.workers()
    await until('it is kept', async () => {
      const rows = await house.rows<{ job_id: string }>('select job_id from unreadable_jobs')
      return rows[0]?.job_id === jobId
    })
    await until('it has left the queue', async () => (await queue.getJobs()).length === 0)
  })
})
