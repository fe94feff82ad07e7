/** The laws of the worker: whoever dies where, each acknowledged vote is counted exactly once. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { Queue } from 'bullmq'
import { batchQueue, type BatchEntry } from '../../contracts/batch.ts'
import { canonicalBytes, ledgerContentShape } from '../../contracts/ledger.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { makeKnownPolls } from '../../queue-workers/persist/known-polls.slonik.ts'
import { makePersistBatches } from '../../queue-workers/persist/persist-batches.slonik.ts'
import type { ReceivedBatch } from '../../queue-workers/persist/received-batch.ts'
import { takeLease } from '../../queue-workers/persist/shard-lease.slonik.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { activeJobs, shownTotal, storedVotes, untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'
import { madeBatch } from '../made-batch.ts'

const castMany = (door: Door, pollId: string, many: number) =>
  Promise.all(
    Array.from({ length: many }, async () => {
      const vote = { pollId, optionId: 'samba', voteId: uuidv7() }
      const answer = await voterAt(door).cast(vote)
      expect(answer).toMatchObject({ accepted: true })
      return `${vote.voteId} ${vote.optionId}`
    }),
  )

// A statement alone began when its transaction did: this one waits in the middle of one.
const inTransaction = `select from pg_stat_activity where wait_event_type = 'Lock' and xact_start < query_start`

describe('a worker that dies', () => {
  for (const point of ['persist.before-commit', 'persist.committed', 'tally.written'] as const) {
    it(`W1 at ${point} leaves no vote uncounted, none counted twice, and the right tally`, async () => {
      await using house = await startHouse()
      const door = await house.gateway()
      const poll = await house.openPoll(door)
      const votes = await castMany(door, poll.pollId, 40)
      const doomed = await house.workers({ env: { CRASH_AT: point }, waitReady: false })
      await until('dead', async () => doomed.pid === null)
      const isStored = (await storedVotes(house, poll.pollId)).length > 0
      expect(isStored).toBe(point !== 'persist.before-commit')
      await house.workers()
      await untilCounted(house, poll.pollId, 40)
      expect(await storedVotes(house, poll.pollId)).toEqual(votes.sort())
      // Its jobs come back as stalled; they insert nothing and end.
      await until('the queue is empty', async () => {
        const left = await house.redis.exists(activeJobs)
        return left === 0
      })
      expect(await shownTotal(house, poll.pollId)).toBe(40)
    })
  }

  it('W2 paused while another takes its shard finds its lease lost, and counts nothing that was counted', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const paused = await house.workers()
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 20)
    await untilCounted(house, poll.pollId, 20)
    const [lease] = await house.rows<{ shard: number; epoch: string }>(
      'select shard, epoch from shard_heads where leased_until > now()',
    )
    // Its shard's row is held, so that it cannot end before it is stopped: it stands in its transaction, jobs in its
    // hands. Then its lease runs out, and the next worker takes that very shard.
    const row = await house.holdRow('select from shard_heads where shard = $1 for update', [lease?.shard])
    await castMany(door, poll.pollId, 60)
    await until('it stands before its row', async () => {
      const inHand = await house.redis.llen(activeJobs)
      const held = await house.rows(inTransaction)
      return inHand > 0 && held.length > 0
    })
    paused.pause()
    await row.letGo()
    await house.rows(`update shard_heads set leased_until = '-infinity' where shard = $1`, [lease?.shard])
    await house.workers()
    await untilCounted(house, poll.pollId, 80, 60_000)
    const [taken] = await house.rows<{ epoch: string }>('select epoch from shard_heads where shard = $1', [
      lease?.shard,
    ])
    expect(Number(taken?.epoch)).toBe(Number(lease?.epoch) + 1)

    paused.resume()
    await until('both hold a shard of their own', async () => {
      return (await house.rows('select from shard_heads where leased_until > now()')).length === 2
    })
    await castMany(door, poll.pollId, 20)
    await untilCounted(house, poll.pollId, 100)
    const [sums] = await house.rows(
      'select sum(counted)::int as counted, sum(repeats)::int as repeats from ledger',
    )
    expect(sums).toEqual({ counted: 100, repeats: 0 })
    const gaps = await house.rows('select shard from ledger group by shard having count(*) <> max(seq)')
    expect(gaps).toEqual([])
  })

  it('W3 without Postgres waits, takes votes on, and counts them when it is back; no job ever fails', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 5)
    await untilCounted(house, poll.pollId, 5)
    await house.services.postgres.kill()
    await castMany(door, poll.pollId, 50)
    const queue = new Queue(batchQueue.name, {
      connection: { url: house.services.redisUrl },
      prefix: batchQueue.prefix,
    })
    // Longer than a lock and a stalled check: the jobs are held, not failed.
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    expect(await queue.getJobCounts('failed', 'delayed')).toEqual({ failed: 0, delayed: 0 })
    await queue.close()
    await house.services.postgres.restart()
    await untilCounted(house, poll.pollId, 55, 60_000)
  })

  it('W4 late, after the close, still counts what was accepted in time', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 10)
    await adminAt(door).trpc.admin.closePoll.mutate({ pollId: poll.pollId })
    await house.workers()
    await untilCounted(house, poll.pollId, 10)
  })
})

describe('workers', () => {
  it('W5 in two copies of each role count each vote once, on shards of their own', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await Promise.all([
      house.workers({ roles: ['persist'] }),
      house.workers({ roles: ['persist'] }),
      house.workers({ roles: ['publish'] }),
      house.workers({ roles: ['publish'] }),
    ])
    const poll = await house.openPoll(door)
    for (let round = 0; round < 5; round++) await castMany(door, poll.pollId, 100)
    await untilCounted(house, poll.pollId, 500)
    await until('everything is emitted', async () => {
      const [row] = await house.rows<{ left: number }>(
        'select count(*)::int as left from ledger where emitted_at is null',
      )
      return row?.left === 0
    })
  })

  it('W6 that stop in order leave no active job and give their shard back', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers()
    const poll = await house.openPoll(door)
    const row = await house.holdRow('select from shard_heads for update')
    await castMany(door, poll.pollId, 200)
    await until('jobs in its hands', async () => (await house.redis.llen(activeJobs)) > 0)
    const stopping = worker.stop()
    await row.letGo()
    await stopping
    expect(await house.redis.llen(activeJobs)).toBe(0)
    const leased = await house.rows('select from shard_heads where leased_until > now()')
    expect(leased).toHaveLength(0)
    await house.workers()
    await untilCounted(house, poll.pollId, 200)
  })
})

describe('a worker without a shard', () => {
  it('W7 takes no jobs while all are leased, and begins when one is free', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.rows(`update shard_heads set leased_until = 'infinity', owner = 'another' where shard > 0`)
    const first = await house.workers()
    await house.workers()
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 60)
    await untilCounted(house, poll.pollId, 60, 10_000) // sooner than jobs that the other sits on would come back
    await first.stop()
    await castMany(door, poll.pollId, 20)
    await untilCounted(house, poll.pollId, 80)
  })
})

describe('a transaction', () => {
  /** Two workers' ends of the database, without their queue, and the poll that they count in. */
  async function startPersisting(house: House) {
    const door = await house.gateway()
    const poll = await house.openPoll(door)
    const [row] = await house.rows<{ poll_no: number }>('select poll_no from polls where poll_id = $1', [
      poll.pollId,
    ])
    const pool = await connectPostgres(house.services.databaseUrl, {
      most: 4,
      idleInTransactionMs: 10_000,
      keepsPlans: true,
    })
    const worker = async (owner: string) => {
      const persist = makePersistBatches({ pool, knownPolls: makeKnownPolls(pool) })
      const lease = await takeLease(pool, owner)
      if (lease === null) throw new Error('no shard')
      return (batches: ReceivedBatch[]) => persist(batches, lease)
    }
    return {
      poll,
      pool,
      pollNo: row?.poll_no ?? 0,
      workers: [await worker('one'), await worker('two')] as const,
    }
  }
  const run = uuidv7()
  let seq = 0
  const batchOf = (pollNo: number, votes: readonly BatchEntry[]): ReceivedBatch => ({
    batchId: uuidv7(),
    batch: madeBatch({ run, seq: ++seq, accepted: seq * 1_000, at: 1_700_000_000_000 + seq }, [
      { pollNo, votes },
    ]),
  })
  const voteOf = (its: Partial<BatchEntry> = {}) => ({
    ...{ optionNo: 0, boxNo: 0, voterKey: randomBytes(16).toString('hex'), voteId: uuidv7() },
    ...its,
  })

  it('W8 of new, repeated, refused and rejected votes counts the new ones, and names what stands in place of others', async () => {
    await using house = await startHouse()
    const { poll, pool, pollNo, workers } = await startPersisting(house)
    const [persist, persistToo] = workers
    const before = Array.from({ length: 5 }, () => voteOf())
    const first = batchOf(pollNo, before)
    expect(await persist([first])).toMatchObject({ votes: 5, countedBefore: [] })
    const again = voteOf()
    const mixed = batchOf(pollNo, [
      voteOf({ optionNo: 2 }),
      before[3] ?? voteOf(),
      voteOf({ voterKey: before[1]?.voterKey ?? '' }),
      voteOf({ optionNo: 77 }),
      voteOf({ boxNo: 4 }),
      again,
      again,
    ])
    const nowhere = batchOf(999_999, [voteOf()])
    const told = await persistToo([first, mixed, nowhere, mixed])
    expect(told).toMatchObject({ votes: 8, countedBefore: [poll.pollId] })
    expect(told.counted.map(({ shard }) => shard.counts)).toEqual([[1, 0, 1]])
    const rows = await house.rows<{ batch_id: string; content: Buffer; counted: number; received: number }>(
      'select batch_id, content, counted, received from ledger',
    )
    const row = (batchId: string) => {
      const its = rows.find(({ batch_id }) => batch_id === batchId)
      const content = ledgerContentShape.parse(JSON.parse(String(its?.content)))
      expect(canonicalBytes(content)).toEqual(its?.content)
      return { counted: its?.counted, received: its?.received, uncounted: content.uncounted }
    }
    const of = (position: number, batchId = first.batchId) => ({ of: { batchId, position } })
    expect(row(mixed.batchId)).toEqual({
      ...{ received: 7, counted: 2 },
      uncounted: [
        { position: 1, outcome: 'repeat', ...of(3) },
        { position: 2, outcome: 'refused', ...of(1) },
        { position: 3, outcome: 'rejected', why: 'unknown-option' },
        { position: 4, outcome: 'rejected', why: 'unknown-box' },
        { position: 6, outcome: 'repeat', ...of(5, mixed.batchId) },
      ],
    })
    expect(row(nowhere.batchId)).toEqual({
      ...{ received: 1, counted: 0 },
      uncounted: [{ position: 0, outcome: 'rejected', why: 'unknown-poll' }],
    })
    expect(await storedVotes(house, poll.pollId)).toHaveLength(7)
    const [sum] = await house.rows('select sum(received)::int as received from shard_heads')
    expect(sum).toEqual({ received: 13 })
    await pool.end()
  })

  it('W9 of the same voters in two workers at once counts each voter once, and neither waits for the other in a circle', async () => {
    await using house = await startHouse()
    const { poll, pool, pollNo, workers } = await startPersisting(house)
    const voters = Array.from({ length: 600 }, () => voteOf())
    const shuffled = () =>
      voters
        .map((vote) => ({ vote: { ...vote, voteId: uuidv7() }, by: Math.random() }))
        .sort((a, b) => a.by - b.by)
        .map(({ vote }) => vote)
    for (let round = 0; round < 5; round++) {
      await house.rows(`delete from votes where poll_no = $1`, [pollNo])
      await Promise.all(
        workers.map((persist) => {
          const votes = shuffled()
          return persist([batchOf(pollNo, votes.slice(0, 300)), batchOf(pollNo, votes.slice(300))])
        }),
      )
      expect(await storedVotes(house, poll.pollId)).toHaveLength(600)
    }
    const [sums] = await house.rows(
      'select sum(counted)::int as counted, sum(refused)::int as refused from ledger',
    )
    expect(sums).toEqual({ counted: 3_000, refused: 3_000 })
    await pool.end()
  })
})

describe('room', () => {
  it('R1 is judged before anyone is admitted: two gateways never pass the bound, and a refusal leaves no trace', async () => {
    await using house = await startHouse()
    const env = { MOST_WAITING: '600' }
    const doors = [await house.gateway({ env }), await house.gateway({ env })] as const
    const poll = await house.openPoll(doors[0])
    await until('the other gateway knows the poll', async () => {
      const { trpc } = voterAt(doors[1])
      return trpc.poll.byId.query({ pollId: poll.pollId })
    })
    // A hundred at a time: a socket each for all of them at once, and a busy machine is late to read some (408).
    const outcomes: number[] = []
    const lane = async (from: number) => {
      for (let i = from; i < 1_500; i += 100) {
        const door = doors[i % 2 === 0 ? 0 : 1]
        const { token } = await voterAt(door).startSession()
        const answer = await fetch(`${door.trpcUrl}/vote.cast`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ pollId: poll.pollId, optionId: 'samba', voteId: uuidv7() }),
        })
        if (answer.status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
        outcomes.push(answer.status)
      }
    }
    await Promise.all(Array.from({ length: 100 }, (_, from) => lane(from)))
    const accepted = outcomes.filter((status) => status === 200).length
    expect(accepted).toBeGreaterThan(0)
    expect(accepted).toBeLessThanOrEqual(600)
    expect([...new Set(outcomes)].sort()).toEqual([200, 503])
    expect(await house.redis.hlen(redisKeys.memory(poll.pollId))).toBe(accepted)
    await house.workers()
    await untilCounted(house, poll.pollId, accepted)
    expect(await voterAt(doors[0]).cast({ pollId: poll.pollId, optionId: 'forro' })).toMatchObject({
      accepted: true,
    })
  })
})
