/** The laws of the ballot: what a voter was told stays true when a gateway dies, an answer is lost, or a poll closes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue } from '../../contracts/batch.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import type { Poll } from '../../contracts/poll.ts'
import { books, storedVotes, untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'

let house: House
let door: Door
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  await house.workers()
})
afterAll(() => house[Symbol.asyncDispose]())

const choice = (poll: Poll, optionId = 'samba') => ({ pollId: poll.pollId, optionId, voteId: uuidv7() })

describe('a vote', () => {
  it('V1 is accepted, stored and shown once', async () => {
    const poll = await house.openPoll(door)
    const vote = choice(poll)
    const answer = await voterAt(door).cast(vote)
    expect(answer).toMatchObject({ accepted: true, voteId: vote.voteId, receipt: { position: 0 } })
    await untilCounted(house, poll.pollId, 1)
    expect(await storedVotes(house, poll.pollId)).toEqual([`${vote.voteId} samba`])
  })

  it('V2 that is repeated gets the same answer and counts once, also twice at the same moment', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.startSession()
    const vote = choice(poll)
    const twice = await Promise.all([voter.cast(vote), voter.cast(vote)])
    const later = await voter.cast(vote)
    expect(twice[0]).toMatchObject({ accepted: true })
    expect(twice[1]).toEqual(twice[0])
    expect(later).toEqual(twice[0])
    await untilCounted(house, poll.pollId, 1)
  })

  it('V3 of a voter who has voted is refused, and leaves no trace', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(choice(poll))
    const before = await house.redis.hlen(redisKeys.memory(poll.pollId))
    expect(await voter.cast(choice(poll, 'forro'))).toMatchObject({
      accepted: false,
      reason: 'already-voted',
    })
    expect(await house.redis.hlen(redisKeys.memory(poll.pollId))).toBe(before)
    await untilCounted(house, poll.pollId, 1)
  })

  it('V9 that is refused leaves no job behind', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(choice(poll))
    await untilCounted(house, poll.pollId, 1)
    const jobs = () => house.redis.keys(`${batchQueue.prefix}:${batchQueue.name}:????????-*`)
    await until('the job is done', async () => (await jobs()).length === 0)
    const watched = await house.rows<{ batches: number }>(`select count(*)::int as batches from ledger`)
    for (let i = 0; i < 5; i++) {
      expect(await voter.cast(choice(poll, 'forro'))).toMatchObject({ reason: 'already-voted' })
    }
    expect(await jobs()).toEqual([])
    expect(await house.redis.llen(`${batchQueue.prefix}:${batchQueue.name}:wait`)).toBe(0)
    expect(await house.rows(`select count(*)::int as batches from ledger`)).toEqual(watched)
  })

  it('V4 whose voteId was used for another choice is refused as such', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    const vote = choice(poll)
    await voter.cast(vote)
    expect(await voter.cast({ ...vote, optionId: 'forro' })).toMatchObject({ reason: 'vote-id-reused' })
  })

  it('V5 of one voter cast many times at the same moment with other voteIds is accepted once', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.startSession()
    const answers = await Promise.all(Array.from({ length: 30 }, () => voter.cast(choice(poll))))
    expect(answers.filter(({ accepted }) => accepted)).toHaveLength(1)
    expect(answers.filter((a) => !a.accepted && a.reason === 'already-voted')).toHaveLength(29)
  })

  it('V6 accepted before the close hears "accepted" after it too; a new one hears "closed"', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    const vote = choice(poll)
    const answer = await voter.cast(vote)
    await adminAt(door).trpc.admin.closePoll.mutate({ pollId: poll.pollId })
    expect(await voter.cast(vote)).toEqual(answer)
    expect(await voterAt(door).cast(choice(poll))).toMatchObject({ accepted: false, reason: 'poll-closed' })
  })

  it('V7 knows where it is: queued, then counted; a stranger cannot see it', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    const vote = choice(poll)
    const answer = await voter.cast(vote)
    const asked = { pollId: poll.pollId, voteId: vote.voteId }
    const status = await until('no more queued', async () => {
      const now = await voter.trpc.vote.status.query(asked)
      return now.state !== 'queued' && now
    })
    expect(status.state).toBe('counted')
    expect(answer).toMatchObject({ receipt: status.receipt })
    const stranger = voterAt(door)
    await stranger.startSession()
    expect(await stranger.trpc.vote.status.query(asked)).toEqual({ state: 'unknown' })
  })

  it('V8 of a renewed session is the same voter', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    await voter.cast(choice(poll))
    await voter.startSession()
    expect(await voter.cast(choice(poll, 'forro'))).toMatchObject({ reason: 'already-voted' })
  })

  it('V10 is found by its receipt once nobody remembers its voter; by no other receipt', async () => {
    const poll = await house.openPoll(door)
    const voter = voterAt(door)
    const vote = choice(poll)
    const answer = await voter.cast(vote)
    if (!answer.accepted) throw new Error(answer.reason)
    await untilCounted(house, poll.pollId, 1)
    // As after the half hour of a box without a limit.
    await house.redis.del(redisKeys.memory(poll.pollId))
    const { pollId, voteId } = vote
    const { receipt } = answer
    const { status } = voter.trpc.vote
    expect(await status.query({ pollId, voteId })).toEqual({ state: 'unknown' })
    expect(await status.query({ pollId, voteId, receipt })).toMatchObject({ state: 'counted', receipt })
    for (const wrong of [
      { pollId, voteId: uuidv7(), receipt },
      { pollId, voteId, receipt: { ...receipt, position: receipt.position + 1 } },
      { pollId, voteId, receipt: { ...receipt, batchId: uuidv7() } },
      { pollId: (await house.openPoll(door)).pollId, voteId, receipt },
    ]) {
      expect(await status.query(wrong)).toEqual({ state: 'unknown' })
    }
  })
})

describe('a gateway that dies', () => {
  const crash = async (at: string, poll: Poll) => {
    const doomed = await house.gateway({ env: { CRASH_AT: at } })
    const voter = voterAt(doomed, 0)
    const vote = choice(poll)
    await expect(voter.cast(vote)).rejects.toThrow()
    await until('dead', async () => doomed.process.pid === null)
    // The same person, with the same session, comes back at a door that stands.
    const storage = new Map([['urna.session', JSON.stringify(voter.session())]])
    return { vote, storage }
  }
  const returning = async (storage: Map<string, string>) => {
    const { makeUrnaClient } = await import('../../contracts/client.ts')
    return makeUrnaClient({
      trpcUrl: door.trpcUrl,
      storage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      },
    })
  }

  it('G1 between the queue and the answer counts the vote once, and its repeat hears the receipt', async () => {
    const poll = await house.openPoll(door)
    const { vote, storage } = await crash('ballot.enqueued', poll)
    await untilCounted(house, poll.pollId, 1)
    const answer = await (await returning(storage)).cast(vote)
    const [row] = await house.rows<{ batch_id: string }>(
      `select batch_id from votes join polls using (poll_no) where poll_id = $1`,
      [poll.pollId],
    )
    expect(answer).toMatchObject({ accepted: true, receipt: { batchId: row?.batch_id, position: 0 } })
    await untilCounted(house, poll.pollId, 1)
  })
})

describe('the book-keeping', () => {
  it('K1 adds up: what the runs accepted is what the ledger received, and nothing is missing', async () => {
    const poll = await house.openPoll(door)
    await Promise.all(Array.from({ length: 200 }, () => voterAt(door).cast(choice(poll))))
    await untilCounted(house, poll.pollId, 200)
    await until('the books agree', async () => {
      const { accepted, received, missing } = await books(house)
      // The doomed gateways above died before they could mirror their last batch: at most one vote each.
      return received - accepted <= 1 && received >= accepted && missing === 0
    })
  })
})
