/** The laws of memory: what Redis may forget, and how nobody votes twice or is lost without a name. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { shownTotal, storedVotes, untilCounted } from '../counts.ts'
import { pollRecordShape } from '../../contracts/poll.ts'
import { oneLane } from '../../gateway/lanes.ts'
import { makeProjectPoll } from '../../gateway/polls/project-poll.redis.ts'
import { adminAt, startHouse, until, voterAt } from '../house.ts'

const vote = (pollId: string, optionId = 'samba') => ({ pollId, optionId, voteId: uuidv7() })

describe('a Redis that forgets', () => {
  it('M1 everything (FLUSHALL) is restored from Postgres before anybody votes again', async () => {
    await using house = await startHouse()
    const doors = [await house.gateway(), await house.gateway()] as const
    await house.workers()
    const poll = await house.openPoll(doors[0])
    const voters = Array.from({ length: 50 }, () => voterAt(doors[0]))
    const votes = voters.map(() => vote(poll.pollId))
    const answers = await Promise.all(voters.map((voter, i) => voter.cast(votes[i] ?? vote(poll.pollId))))
    await untilCounted(house, poll.pollId, 50)
    const epoch = await house.redis.get(redisKeys.epoch)

    await house.redis.flushall()
    // The first to vote again is one who has voted, with another choice and another voteId.
    expect(await voters[0]?.cast(vote(poll.pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
    expect(await voters[1]?.cast(votes[1] ?? vote(poll.pollId))).toEqual(answers[1])
    expect(await house.redis.get(redisKeys.epoch)).not.toBe(epoch)
    expect(await shownTotal(house, poll.pollId)).toBe(50)
    expect(await voterAt(doors[1]).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    await untilCounted(house, poll.pollId, 51)
  })

  it('M2 a vote alone cannot make it count twice: Postgres has the last word', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    const first = vote(poll.pollId)
    await voter.cast(first)
    await untilCounted(house, poll.pollId, 1)
    await house.redis.del(redisKeys.memory(poll.pollId))
    const second = vote(poll.pollId, 'forro')
    expect(await voter.cast(second)).toMatchObject({ accepted: true })
    await until('the second is in the ledger as refused', async () => {
      const rows = await house.rows<{ refused: number }>('select refused from ledger where refused > 0')
      return rows.length === 1
    })
    expect(await storedVotes(house, poll.pollId)).toEqual([`${first.voteId} samba`])
    expect(await shownTotal(house, poll.pollId)).toBe(1)
  })

  it('M3 back to an older file is found out by its beat and made good', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    const beatBefore = Number(await house.redis.get(redisKeys.beat))
    const ballot = vote(poll.pollId)
    await voter.cast(ballot)
    await untilCounted(house, poll.pollId, 1)
    await until(
      'three more beats',
      async () => Number(await house.redis.get(redisKeys.beat)) >= beatBefore + 3,
    )
    // The same epoch, an earlier beat, and no memory of the vote: as a restored older file would have it.
    await house.redis.multi().set(redisKeys.beat, beatBefore).del(redisKeys.memory(poll.pollId)).exec()
    expect(await voter.cast(vote(poll.pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
    expect(await house.redis.exists(redisKeys.memory(poll.pollId))).toBe(1)
  })

  it('M4 its file with votes still waiting loses those and no others, and names them', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers()
    const poll = await house.openPoll(door)
    const stored = Array.from({ length: 20 }, () => vote(poll.pollId))
    await Promise.all(stored.map((one) => voterAt(door).cast(one)))
    await untilCounted(house, poll.pollId, 20)
    await worker.stop()
    const waiting = await Promise.all(Array.from({ length: 30 }, () => voterAt(door).cast(vote(poll.pollId))))
    expect(waiting.every(({ accepted }) => accepted)).toBe(true)
    await until('the runs are mirrored', async () => {
      const [row] = await house.rows<{ sum: string }>('select sum(accepted) from gateway_runs')
      return Number(row?.sum) === 50
    })
    await house.services.redis.kill()
    for (const file of ['appendonlydir', 'dump.rdb']) {
      rmSync(join(house.servicesDir, 'redis', file), { recursive: true, force: true })
    }
    await house.services.redis.restart()
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    await house.workers()
    await untilCounted(house, poll.pollId, 21)

    // Each lost vote's receipt names a batch that stands in no ledger row, and the run's numbers say so too.
    const lostBatches = new Set(
      waiting.flatMap((answer) => (answer.accepted ? [answer.receipt.batchId] : [])),
    )
    const found = await house.rows('select from ledger where batch_id = any($1)', [[...lostBatches]])
    expect(found).toHaveLength(0)
    const missing = await house.rows('select run_id, run_seq from batches_not_in_ledger')
    expect(missing).toHaveLength(lostBatches.size)
  })

  it('M5 nothing when it is killed: what was acknowledged is in its synced file', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const poll = await house.openPoll(door)
    const votes = Array.from({ length: 100 }, () => vote(poll.pollId))
    await Promise.all(votes.map((one) => voterAt(door).cast(one)))
    await house.services.redis.kill()
    await house.services.redis.restart()
    await house.workers()
    await untilCounted(house, poll.pollId, 100)
    expect(await storedVotes(house, poll.pollId)).toEqual(votes.map(({ voteId }) => `${voteId} samba`).sort())
  })

  it('M6 while much is restored, and a connection is cut meanwhile, no poll is unknown and no voter forgotten', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const big = await house.openPoll(door)
    const small = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(vote(small.pollId))
    await untilCounted(house, small.pollId, 1)
    const many = 40_000
    await house.rows(
      `insert into votes (poll_no, box_no, option_no, position, dedup_key, vote_id, voter_key, batch_id, accepted_at)
       select poll_no, 0, 0, 0, key, gen_random_uuid(), key, gen_random_uuid(), now()
       from polls, (select gen_random_uuid() as key from generate_series(1, $2::int)) as keys where poll_id = $1`,
      [big.pollId, many],
    )
    await house.redis.flushall()
    let restoring = true
    const heard = new Set<string>()
    const asking = (async () => {
      while (restoring) {
        const { token } = await voterAt(door).startSession()
        const answer = await fetch(`${door.trpcUrl}/vote.cast`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(vote(small.pollId)),
        })
        heard.add(`${answer.status} ${(await answer.text()).match(/"reason":"([^"]*)"/)?.[1] ?? ''}`)
      }
    })()
    await until(
      'the restore is under way',
      async () => (await house.redis.hlen(redisKeys.restoring(big.pollId))) > 0,
    )
    await house.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await until('a new epoch', async () => (await house.redis.exists(redisKeys.epoch)) === 1, 60_000)
    restoring = false
    await asking
    expect(await house.redis.hlen(redisKeys.memory(big.pollId))).toBe(many)
    expect([...heard].filter((one) => one !== '503 unavailable' && one !== '200 ')).toEqual([])
    expect(await voter.cast(vote(small.pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
  })

  it('M7 of a poll that is opened again long after its close knows who has voted', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(vote(poll.pollId))
    await untilCounted(house, poll.pollId, 1)
    await adminAt(door).trpc.admin.closePoll.mutate({ pollId: poll.pollId })
    expect(await house.redis.ttl(redisKeys.memory(poll.pollId))).toBeGreaterThan(6 * 24 * 60 * 60)
    await house.redis.del(redisKeys.memory(poll.pollId))
    await adminAt(door).trpc.admin.openPoll.mutate({ pollId: poll.pollId })
    expect(await voter.cast(vote(poll.pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
    expect(await house.redis.ttl(redisKeys.memory(poll.pollId))).toBe(-1)
  })

  it('M8 of a deleted poll stays empty, whoever still writes it', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const poll = await house.openPoll(door)
    const late = pollRecordShape.parse(
      JSON.parse((await house.redis.hget(redisKeys.polls, poll.pollId)) ?? ''),
    )
    await adminAt(door).trpc.admin.deletePoll.mutate({ pollId: poll.pollId })
    expect(await makeProjectPoll(oneLane(house.redis))(late, false)).toBe(false)
    expect(await house.redis.hexists(redisKeys.polls, poll.pollId)).toBe(0)
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ reason: 'unknown-poll' })
  })

  it('M9 of a poll that was voted in is not deleted, and voting goes on', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const poll = await house.openPoll(door)
    await voterAt(door).cast(vote(poll.pollId))
    const deleting = adminAt(door).trpc.admin.deletePoll.mutate({ pollId: poll.pollId })
    await expect(deleting).rejects.toMatchObject({ data: { httpStatus: 409, reason: 'poll-has-votes' } })
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    await house.workers()
    await untilCounted(house, poll.pollId, 2)
  })

  it('M10 of a poll to be opened again waits for a restore that is under way, and is whole or not there', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const { pollId } = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(vote(pollId))
    await untilCounted(house, pollId, 1)
    const { admin } = adminAt(door).trpc
    await admin.closePoll.mutate({ pollId })
    const [memory, restoring] = [redisKeys.memory(pollId), redisKeys.restoring(pollId)]
    await house.redis.del(memory)
    // An opening that is refused restores nothing.
    const past = new Date(Date.now() - 60_000).toISOString()
    await expect(admin.openPoll.mutate({ pollId, closesAt: past })).rejects.toThrow('is past')
    expect(await house.redis.exists(memory)).toBe(0)
    // Somebody else restores it, came half-way, and dies.
    const lock = await house.holdRow('select pg_advisory_lock(7310002)')
    await house.redis.hset(restoring, 'f'.repeat(32), '-')
    const opening = admin.openPoll.mutate({ pollId })
    await until('the opening waits', async () => {
      const waiting = await house.rows("select from pg_locks where locktype = 'advisory' and not granted")
      return waiting.length === 1
    })
    await lock.letGo()
    expect(await opening).toMatchObject({ state: 'open' })
    expect(await voter.cast(vote(pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
    expect([await house.redis.ttl(memory), await house.redis.exists(restoring)]).toEqual([-1, 0])
  })

  it('M11 of all other polls is restored, and their rules are kept, beside one whose row breaks the rules', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const { admin } = adminAt(door).trpc
    const bad = await admin.createPoll.mutate({ question: 'Bad?', options: ['A', 'B'] })
    const { pollId } = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(vote(pollId))
    await untilCounted(house, pollId, 1)
    await house.rows(
      `update poll_options set option_id = 'a--b' where option_no = 0
       and poll_no = (select poll_no from polls where poll_id = $1)`,
      [bad.pollId],
    )
    await house.redis.flushall()
    expect(await voter.cast(vote(pollId, 'forro'))).toMatchObject({ reason: 'already-voted' })
    await house.redis.del(redisKeys.rules(pollId))
    await until('its rules are back', async () => (await house.redis.exists(redisKeys.rules(pollId))) === 1)
    expect(await house.redis.exists(redisKeys.rules(bad.pollId))).toBe(0)
  })

  it('M12 of what each run accepted of a poll is made good by the mirror: old runs stand there, new votes are a new run', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers()
    const { pollId } = await house.openPoll(door)
    const castSome = (votes: number) =>
      Promise.all(Array.from({ length: votes }, () => voterAt(door).cast(vote(pollId))))
    /** Each run with the greater of what Redis and Postgres have of it. */
    const acceptedByRun = async () => {
      const onRedis = await house.redis.hgetall(redisKeys.acceptedOfPoll(pollId))
      const mirrored = await house.rows<{ run: string; n: number }>(
        `select run_id as run, accepted::int as n from run_polls join polls using (poll_no) where poll_id = $1`,
        [pollId],
      )
      const greater = new Map(mirrored.map(({ run, n }) => [run, n]))
      for (const [run, n] of Object.entries(onRedis))
        greater.set(run, Math.max(greater.get(run) ?? 0, Number(n)))
      return { greater: [...greater.values()].sort((a, b) => a - b), onRedis: Object.values(onRedis) }
    }
    const mirroredVotes = (votes: number) =>
      until(`${votes} are mirrored`, async () => {
        const [row] = await house.rows<{ sum: string }>('select sum(accepted) from run_polls')
        return Number(row?.sum) === votes
      })
    await castSome(20)
    await mirroredVotes(20)
    expect(await acceptedByRun()).toEqual({ greater: [20], onRedis: ['20'] })

    await house.redis.flushall()
    await castSome(5)
    expect((await acceptedByRun()).onRedis).toEqual(['5'])
    await mirroredVotes(25)
    expect((await acceptedByRun()).greater).toEqual([5, 20])

    // An older file: the same epoch, an earlier beat, and of the run less than Postgres has.
    const [run = ''] = await house.redis.hkeys(redisKeys.acceptedOfPoll(pollId))
    await house.redis.multi().set(redisKeys.beat, 0).hset(redisKeys.acceptedOfPoll(pollId), run, 3).exec()
    await castSome(7)
    await mirroredVotes(32)
    const { greater, onRedis } = await acceptedByRun()
    expect(greater).toEqual([5, 7, 20])
    expect(onRedis.sort()).toEqual(['3', '7'])
  })
})
