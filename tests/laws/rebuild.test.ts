/** The laws of rebuilding: one poll is brought back from Postgres as it must be, while people vote in it. */
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShards, encodeShard } from '../../contracts/tally.ts'
import { makeLanes } from '../../gateway/lanes.ts'
import { markStored, votesBetween } from '../../gateway/memory/newer-votes.slonik.ts'
import { rebuildPoll } from '../../gateway/memory/rebuild-poll.redis.ts'
import { rebuild } from '../../local/rebuild.ts'
import { connectRedis } from '../../runtime/connect.redis.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { makeLog } from '../../runtime/log.ts'
import { shownTotal, storedVotes, untilCounted } from '../counts.ts'
import { startHouse, until, voterAt, type House } from '../house.ts'
import { crowdVotes, type VotersLog } from '../reconciled.ts'

/** As from a terminal: what it said, and what it complained of. */
async function runRebuild(house: House, args: string[], env: NodeJS.ProcessEnv = addresses(house)) {
  const said: string[] = []
  const fault = await rebuild(args, env, house.dataDir, (line) => said.push(line)).then(
    () => null,
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  )
  return { said, fault }
}

const addresses = ({ services }: House) => ({
  DATABASE_URL: services.databaseUrl,
  REDIS_URL: services.redisUrl,
})

describe('a poll that is rebuilt', () => {
  it('RB1 has its record, rules, voters and tally back, those in the queue among them, while people vote in it', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers({ roles: ['persist'] })
    const poll = await house.openPoll(door)
    const { pollId } = poll
    const stored = [voterAt(door), voterAt(door), voterAt(door)]
    const ballot = (optionId = 'samba') => ({ pollId, optionId, voteId: uuidv7() })
    for (const voter of stored) expect(await voter.cast(ballot())).toMatchObject({ accepted: true })
    const log: VotersLog = await crowdVotes([door], poll, 200)
    await untilCounted(house, pollId, 203)
    await worker.stop()
    const waiting = [voterAt(door), voterAt(door)]
    for (const voter of waiting) expect(await voter.cast(ballot())).toMatchObject({ accepted: true })

    // Everything that Redis has of it is made false.
    const [memory, rules, tally] = [
      redisKeys.memory(pollId),
      redisKeys.rules(pollId),
      redisKeys.tally(pollId),
    ]
    const before = { memory: await house.redis.hgetall(memory), rules: await house.redis.hgetall(rules) }
    const record = await house.redis.hget(redisKeys.polls, pollId)
    const [shard] = decodeShards(await house.redis.hgetall(tally))
    if (shard === undefined) throw new Error('no shard')
    const forgotten = Object.keys(before.memory).slice(0, 50)
    await house.redis
      .multi()
      .hdel(memory, ...forgotten)
      .hset(memory, 'f'.repeat(32), Object.values(before.memory)[0] ?? '')
      .hset(rules, 'limit:0', 3)
      .hset(redisKeys.polls, pollId, (record ?? '').replace('Which dance?', 'Which false dance?'))
      .hset(tally, String(shard.shard), encodeShard({ ...shard, seq: shard.seq + 5, counts: [1, 1, 1] }))
      .exec()

    const voting = crowdVotes([door], poll, 300, log, 10)
    await until('people vote', async () => log.accepted.size > 220)
    const during = log.accepted.size
    const { said, fault } = await runRebuild(house, ['--poll', pollId])
    expect(fault).toBeNull()
    const waited = Number(/and ([\d,]+) that wait/.exec(said.join('\n'))?.[1])
    expect(waited).toBeGreaterThanOrEqual(2)
    expect(said.join('\n')).toContain('known by 203 stored votes')
    expect(during).toBeLessThan(500)

    const after = await house.redis.hgetall(memory)
    expect(after).toMatchObject(before.memory)
    expect(after['f'.repeat(32)]).toBeUndefined()
    expect(await house.redis.hgetall(rules)).toEqual(before.rules)
    expect(await house.redis.hget(redisKeys.polls, pollId)).toBe(record)
    expect(await shownTotal(house, pollId)).toBe(203)
    for (const voter of [...stored, ...waiting])
      expect(await voter.cast(ballot('forro'))).toMatchObject({ reason: 'already-voted' })

    await voting
    expect(log.others).toEqual([])
    expect(log.accepted.size).toBe(500)
    expect(Object.keys(await house.redis.hgetall(memory))).toHaveLength(505)
    await worker.restart()
    await untilCounted(house, pollId, 505)
    const ids = new Set((await storedVotes(house, pollId)).map((line) => line.split(' ')[0]))
    expect([...log.accepted.keys()].filter((voteId) => !ids.has(voteId))).toEqual([])
    expect(await house.redis.exists(redisKeys.restoring(pollId))).toBe(0)
  })

  it('RB3 takes in what is stored while it is read before votes are held back, and then only what came last', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const worker = await house.workers({ roles: ['persist'] })
    const poll = await house.openPoll(door)
    const { pollId } = poll
    await crowdVotes([door], poll, 40)
    await untilCounted(house, pollId, 40)
    await using open = new AsyncDisposableStack()
    const pool = await connectPostgres(house.services.databaseUrl, { most: 2, idleInTransactionMs: 10_000 })
    open.defer(() => pool.end())
    const [row] = await house.rows<{ no: number }>('select poll_no as no from polls')
    const pollNo = row?.no ?? 0
    const before = await markStored(pool, pollNo)
    const lanes = makeLanes(1, (key) => {
      const redis = connectRedis(house.services.redisUrl, 'command', makeLog('test', 'silent'), key)
      open.defer(() => redis.disconnect())
      return redis
    })
    let reads = 0
    const onRead = async () => {
      if (reads++ > 0) return
      await crowdVotes([door], poll, 60)
      await untilCounted(house, pollId, 100)
      await worker.stop()
      await crowdVotes([door], poll, 5)
    }
    const rebuilt = await rebuildPoll(
      { lanes, pool, databaseUrl: house.services.databaseUrl, onRead },
      pollId,
    )
    expect(rebuilt).toMatchObject({ waiting: 5, caughtUp: 60, late: 0 })
    expect(await house.redis.hlen(redisKeys.memory(pollId))).toBe(105)

    // Where Postgres filled a place further up, what the ledger counted is found all the same; what stood before is not read.
    const now = await markStored(pool, pollNo)
    for (const blocks of [before.blocks, 1_000_000]) {
      let newer = 0
      for await (const votes of votesBetween(pool, pollNo, { ...before, blocks }, now)) newer += votes.length
      expect(newer).toBe(60)
    }
  })

  it('RB2 is told of in one line where it cannot be', async () => {
    await using house = await startHouse()
    const unknown = uuidv7()
    const nothing = (await runRebuild(house, ['--poll', unknown], {})).fault
    expect(nothing).toMatch(/^Trouble: No Urna runs on .*: npm start begins one/)
    expect((await runRebuild(house, [])).fault).toMatch(/^Trouble: Which poll\? npm run rebuild/)
    expect((await runRebuild(house, ['--poll', 'samba'])).fault).toMatch(/^Trouble: --poll wants/)
    expect((await runRebuild(house, ['--pol', unknown])).fault).toMatch(/^Trouble: Unknown option/)
    expect((await runRebuild(house, ['--poll', unknown])).fault).toBe(`Trouble: There is no poll ${unknown}.`)
    const away = { ...addresses(house), DATABASE_URL: 'postgres://urna@127.0.0.1:1/urna' }
    expect((await runRebuild(house, ['--poll', unknown], away)).fault).toBe(
      'Trouble: Postgres does not answer at 127.0.0.1:1.',
    )
    const door = await house.gateway()
    const { pollId } = await house.openPoll(door)
    await door.process.stop()
    await house.redis.flushall()
    expect((await runRebuild(house, ['--poll', pollId])).fault).toMatch(
      /^Trouble: Redis holds another memory/,
    )
  })
})
