/** Rules of the admission: what one script says of a whole group, on a real Redis. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue, entriesOf, pollParts, sizeOf } from '../../contracts/batch.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { box, openAdmissionHouse, vote, type AdmissionHouse } from '../../tests/admission-house.ts'
import { MemoryChanged } from './judged-vote.ts'

const mostWaiting = 40
let house: AdmissionHouse
beforeAll(async () => {
  house = await openAdmissionHouse(9, mostWaiting)
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(() => house.forget())

describe('a group', () => {
  it('A1 is judged vote by vote, and its job holds those that were admitted, in the order of their receipts', async () => {
    const [one, other] = [await house.openPoll([box('all', 1)]), await house.openPoll([box('fans', null)])]
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
    expect(await house.heard(group, batchId)).toEqual([
      ...[0, 0, 1, 1, 'vote-id-reused', 'already-voted'],
      ...['unknown-option', 'unknown-box', 1, 2],
    ])
    const batch = await house.jobOf(batchId)
    if (batch === null) throw new Error('no job')
    expect([batch.seq, batch.accepted, sizeOf(batch)]).toEqual([1, 5, 5])
    const entries = pollParts(batch).flatMap((part) =>
      entriesOf(part).map(({ voteId }) => [part.pollNo, voteId]),
    )
    expect(entries).toEqual([0, 2, 9, 1, 8].map((i) => [group[i]!.poll.pollNo, group[i]!.voteId]))
    expect([batch.sizes, batch.pollAccepted]).toEqual([
      [3, 2],
      [3, 2],
    ])
  })

  it('A6 says of each poll what its run has accepted of that poll alone, and names none of which nobody was admitted', async () => {
    const [one, other] = [await house.openPoll([box('all', null)]), await house.openPoll([box('all', 1)])]
    const voter = vote(other)
    await house.heard([vote(one), voter, vote(one)])
    const [second, third] = [uuidv7(), uuidv7()]
    const again = { ...voter, voteId: uuidv7() }
    expect(await house.heard([again, vote(one), vote(one), vote(one)], second)).toEqual([
      ...['already-voted', 0, 1, 2],
    ])
    expect(await house.jobOf(second)).toMatchObject({
      ...{ accepted: 6, polls: [one.pollNo], sizes: [3], pollAccepted: [5] },
    })
    expect(await house.heard([vote(one), vote(other)], third)).toEqual([0, 0])
    expect(await house.jobOf(third)).toMatchObject({
      ...{ accepted: 8, polls: [one.pollNo, other.pollNo], sizes: [1, 1], pollAccepted: [6, 2] },
    })
  })

  it('A2 that comes again finds what the first try admitted, and is judged afresh for the rest', async () => {
    const poll = await house.openPoll([box('all', 1)])
    const [first, second] = [vote(poll), vote(poll)]
    expect(await house.heard([first])).toEqual([0])
    const batchId = uuidv7()
    expect(await house.heard([second, first], batchId)).toEqual([0, 'again 0'])
    expect((await house.jobOf(batchId))?.seq).toBe(2)
    const third = uuidv7()
    expect(await house.heard([first, second], third)).toEqual(['again 0', 'again 0'])
    expect(await house.jobOf(third)).toBeNull()
    expect(await house.redis.llen(`${batchQueue.prefix}:${batchQueue.name}:wait`)).toBe(2)
    expect(await house.redis.hget(redisKeys.batches, house.ground.run)).toBe('2')
  })

  it('A3 finds room for all that are new or for none, and a repeat needs none', async () => {
    const poll = await house.openPoll([box('all', 1)])
    const known = vote(poll)
    await house.heard([known])
    const many = Array.from({ length: mostWaiting }, () => vote(poll))
    const refused = many.map(() => 'queue-full')
    expect(await house.heard([...many, known, many[0]!])).toEqual([...refused, 'again 0', 'queue-full'])
    expect(await house.redis.hlen(redisKeys.memory(poll.pollId))).toBe(1)
    expect(await house.heard(many.slice(1))).toEqual(many.slice(1).map((_, i) => i))
  })

  it('A7 whose answer was lost tells, when it comes again, what its batch held of each poll', async () => {
    const polls = [await house.openPoll([box('all', 1)]), await house.openPoll([box('fans', null)])]
    const group = [vote(polls[0]!), vote(polls[1]!), vote(polls[1]!)]
    const held = polls.map(({ pollNo }, i) => ({ pollNo, accepted: i + 1 }))
    expect((await house.admit(uuidv7(), group, house.ground)).polls).toEqual(held)
    const again = await house.admit(uuidv7(), group, house.ground)
    expect([again.admitted, again.seq, again.accepted, again.polls]).toEqual([[], 1, 3, held])
    // Once that is known nothing more is told.
    const known = await house.admit(uuidv7(), group, { ...house.ground, accepted: 3 })
    expect(known.polls).toEqual([])
  })

  it('A4 of another memory is refused whole and leaves nothing', async () => {
    const poll = await house.openPoll([box('all', 1)])
    const before = await house.redis.keys('*')
    for (const wrong of [{ epoch: uuidv7() }, { lowestBeat: 2 }, { accepted: 1 }]) {
      await expect(house.admit(uuidv7(), [vote(poll)], { ...house.ground, ...wrong })).rejects.toThrow(
        MemoryChanged,
      )
    }
    const after = (await house.redis.keys('*')).filter(
      (key) => !/bull:.*:(?:id|events|marker|meta)$/.test(key),
    )
    expect(after.sort()).toEqual(before.sort())
  })

  it('A5 of a poll that has changed, has not opened or has closed is told so', async () => {
    const poll = await house.openPoll([box('all', 1)])
    expect(await house.heard([vote({ ...poll, rulesVersion: 7 })])).toEqual(['rules-changed'])
    const soon = await house.openPoll([box('all', 1)], { state: 'scheduled', opensAtMs: Date.now() + 60_000 })
    const closed = await house.openPoll([box('all', 1)], { closesAtMs: Date.now() - 2_500 })
    const graced = await house.openPoll([box('all', 1)], { closesAtMs: Date.now() - 500 })
    expect(await house.heard([vote(soon), vote(closed), vote(graced)])).toEqual([
      'poll-not-open',
      'poll-closed',
      0,
    ])
  })
})
