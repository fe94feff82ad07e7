/** Rules of the admission: what one script says of a whole group, on a real Redis. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Redis } from 'ioredis'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue, batchShape, decodeEntry, sizeOf } from '../../contracts/batch.ts'
import type { BallotBox, PollRecord } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { joinRemembered, encodeRemembered } from '../../contracts/remembered.ts'
import { connectBoth, log, newPoll, redisUrl } from '../../tests/live-redis.ts'
import { makeProjectPoll } from '../polls/project-poll.redis.ts'
import { restoreVotes } from '../memory/restore-memory.redis.ts'
import { openAdmission, type Admit } from './admit.bullmq.ts'
import { MemoryChanged, type GroupVote } from './judged-vote.ts'

const mostWaiting = 40
// A database of its own: it is emptied before each rule.
let redis: Redis
let admit: Admit
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  ;({ redis } = stack.use(await connectBoth({ command: `${redisUrl}/9` })))
  ;({ admit } = stack.use(openAdmission(redis, mostWaiting, log)))
})
afterAll(() => stack.disposeAsync())

let ground = { epoch: '', lowestBeat: 1, run: '', accepted: 0 }
beforeEach(async () => {
  await redis.flushdb()
  ground = { epoch: uuidv7(), lowestBeat: 1, run: uuidv7(), accepted: 0 }
  await redis.mset(redisKeys.epoch, ground.epoch, redisKeys.beat, '1')
})

const box = (boxId: string, votes: number | null): BallotBox => ({
  ...{ boxId, voters: 'device', weight: 5_000 },
  limit: votes === null ? null : { votes, perSeconds: null },
})
async function openPoll(boxes: BallotBox[], changes: Partial<PollRecord> = {}): Promise<PollRecord> {
  const poll = newPoll({ boxes, ...changes })
  await makeProjectPoll(redis)(poll, true)
  return poll
}
const newVoter = () => randomBytes(16).toString('hex')
const vote = (poll: PollRecord, changes: Partial<GroupVote> = {}): GroupVote => ({
  ...{ poll, boxNo: 0, optionNo: 0, voterKey: newVoter(), voteId: uuidv7() },
  ...changes,
})
/** What each vote heard: its position where it was accepted, with `again` where it lies in another batch. */
async function heard(votes: GroupVote[], batchId = uuidv7()) {
  const judged = await admit(batchId, votes, ground)
  return judged.answers.map((answer) =>
    answer.is === 'accepted'
      ? answer.receipt.batchId === batchId
        ? answer.receipt.position
        : `again ${answer.receipt.position}`
      : answer.is === 'refused'
        ? answer.reason
        : answer.because,
  )
}
const jobOf = async (batchId: string) => {
  const data = await redis.hget(`${batchQueue.prefix}:${batchQueue.name}:${batchId}`, 'data')
  return data === null ? null : batchShape.parse(JSON.parse(data))
}

describe('a group', () => {
  it('A1 is judged vote by vote, and its job holds those that were admitted, in the order of their receipts', async () => {
    const [one, other] = [await openPoll([box('all', 1)]), await openPoll([box('fans', null)])]
    const twice = vote(one)
    const group = [
      vote(one, { optionNo: 1 }),
      vote(other),
      twice,
      twice,
      { ...twice, optionNo: 1 },
      { ...twice, voteId: uuidv7() },
      vote(one, { optionNo: 2 }),
      vote(other, { boxNo: 1 }),
      vote(other),
      vote(one),
    ]
    const batchId = uuidv7()
    expect(await heard(group, batchId)).toEqual([
      ...[0, 3, 1, 1, 'vote-id-reused', 'already-voted'],
      ...['unknown-option', 'unknown-box', 4, 2],
    ])
    const batch = await jobOf(batchId)
    if (batch === null) throw new Error('no job')
    expect([batch.seq, batch.accepted, sizeOf(batch)]).toEqual([1, 5, 5])
    const entries = Array.from({ length: 5 }, (_, i) => decodeEntry(batch.votes, i))
    expect(entries.map(({ pollPlace, voteId }) => [batch.polls[pollPlace], voteId])).toEqual(
      [0, 2, 9, 1, 8].map((i) => [group[i]!.poll.pollNo, group[i]!.voteId]),
    )
  })

  it('A2 that comes again finds what the first try admitted, and is judged afresh for the rest', async () => {
    const poll = await openPoll([box('all', 1)])
    const [first, second] = [vote(poll), vote(poll)]
    expect(await heard([first])).toEqual([0])
    const batchId = uuidv7()
    expect(await heard([second, first], batchId)).toEqual([0, 'again 0'])
    expect((await jobOf(batchId))?.seq).toBe(2)
    const third = uuidv7()
    expect(await heard([first, second], third)).toEqual(['again 0', 'again 0'])
    expect(await jobOf(third)).toBeNull()
    expect(await redis.llen(`${batchQueue.prefix}:${batchQueue.name}:wait`)).toBe(2)
    expect(await redis.hget(redisKeys.batches, ground.run)).toBe('2')
  })

  it('A3 finds room for all that are new or for none, and a repeat needs none', async () => {
    const poll = await openPoll([box('all', 1)])
    const known = vote(poll)
    await heard([known])
    const many = Array.from({ length: mostWaiting }, () => vote(poll))
    const refused = many.map(() => 'queue-full')
    expect(await heard([...many, known, many[0]!])).toEqual([...refused, 'again 0', 'queue-full'])
    expect(await redis.hlen(redisKeys.memory(poll.pollId))).toBe(1)
    expect(await heard(many.slice(1))).toEqual(many.slice(1).map((_, i) => i))
  })

  it('A4 of another memory is refused whole and leaves nothing', async () => {
    const poll = await openPoll([box('all', 1)])
    const before = await redis.keys('*')
    for (const wrong of [{ epoch: uuidv7() }, { lowestBeat: 2 }, { accepted: 1 }]) {
      await expect(admit(uuidv7(), [vote(poll)], { ...ground, ...wrong })).rejects.toThrow(MemoryChanged)
    }
    const after = (await redis.keys('*')).filter((key) => !/bull:.*:(?:id|events|marker|meta)$/.test(key))
    expect(after.sort()).toEqual(before.sort())
  })

  it('A5 of a poll that has changed, has not opened or has closed is told so', async () => {
    const poll = await openPoll([box('all', 1)])
    expect(await heard([vote({ ...poll, rulesVersion: 7 })])).toEqual(['rules-changed'])
    const soon = await openPoll([box('all', 1)], { state: 'scheduled', opensAtMs: Date.now() + 60_000 })
    const closed = await openPoll([box('all', 1)], { closesAtMs: Date.now() - 2_500 })
    const graced = await openPoll([box('all', 1)], { closesAtMs: Date.now() - 500 })
    expect(await heard([vote(soon), vote(closed), vote(graced)])).toEqual(['poll-not-open', 'poll-closed', 0])
  })
})

describe('a limit', () => {
  it('A6 is of the voter and of the box, within a group and over groups', async () => {
    const poll = await openPoll([box('two', 2), box('one', 1), box('any', null)])
    const voterKey = newVoter()
    const of = (boxNo: number) => vote(poll, { voterKey, boxNo })
    const group = [of(0), of(0), of(0), of(1), of(1), of(2), of(2)]
    expect(await heard(group)).toEqual([0, 1, 'already-voted', 2, 'already-voted', 3, 4])
    expect(await heard([of(0), of(1), of(2), group[1]!, group[6]!])).toEqual([
      ...['already-voted', 'already-voted', 0],
      ...['again 1', 'again 4'],
    ])
  })

  it('A7 binds again after a restore, which takes nothing twice', async () => {
    const poll = await openPoll([box('two', 2)])
    const [voterKey, batchId] = [newVoter(), uuidv7()]
    const stored = [0, 1].map((position) => ({
      ...{ box_no: 0, option_no: 1, position, dedup_key: uuidv7(), vote_id: uuidv7() },
      ...{ voter_key: voterKey, batch_id: batchId, accepted_at: 1_795_228_168_374 },
    }))
    const restore = () =>
      restoreVotes(
        redis,
        { ...poll, everOpened: true },
        {
          // One vote a page: a voter's votes may lie far apart.
          async *votesOf() {
            for (const row of stored) yield [row]
          },
        },
      )
    expect([await restore(), await restore()]).toEqual([2, 2])
    const texts = stored.map((row) =>
      encodeRemembered({
        ...{ voteId: row.vote_id, optionNo: 1, boxNo: 0, acceptedAt: row.accepted_at },
        ...{ batchId, position: row.position },
      }),
    )
    const value = await redis.hget(redisKeys.memory(poll.pollId), voterKey)
    expect(value?.split(';').sort()).toEqual(joinRemembered(texts).split(';').sort())
    const repeat = vote(poll, { voterKey, voteId: stored[1]!.vote_id, optionNo: 1 })
    expect(await heard([repeat, vote(poll, { voterKey })])).toEqual(['again 1', 'already-voted'])
  })
})
