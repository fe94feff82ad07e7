/** Rules of polls at their edges: long names, originals that go, deletions that fail, a close that its row has yet to learn. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import type { Poll } from '../contracts/poll.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { untilCounted } from './counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from './house.ts'

let house: House
let door: Door
let admin: ReturnType<typeof adminAt>['trpc']['admin']
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  await house.workers()
  admin = adminAt(door).trpc.admin
})
afterAll(() => house[Symbol.asyncDispose]())

const vote = ({ pollId }: Poll) => ({ pollId, optionId: 'samba', voteId: uuidv7() })

it('PC11 a rehearsal of a long name has an address, and a duplicate stands as it is when its original goes', async () => {
  const question = 'Who should be voted out of the house this evening by all of you?'
  const { pollId } = await admin.createPoll.mutate({ question, options: ['Samba', 'Forro'] })
  const rehearsal = await admin.duplicatePoll.mutate({ pollId, isRehearsal: true })
  expect(rehearsal.slug).toBe('who-should-be-voted-out-of-the-house-this-evening-rehearsal')
  await admin.deletePoll.mutate({ pollId })
  const stored = 'select previous_poll_id as "previousPollId", version from polls where poll_id = $1'
  expect(await house.rows(stored, [rehearsal.pollId])).toEqual([{ previousPollId: pollId, version: 1 }])
  const misnamed = 'update polls set slug = $1 where poll_id = $2'
  for (const slug of ['a--b', '-a', 'a-', 'A', 'a b', 'a\n', '', 'x'.repeat(65)]) {
    await expect(house.rows(misnamed, [slug, rehearsal.pollId]), slug).rejects.toThrow('slug_is_a_name')
  }
  await house.rows(misnamed, ['x'.repeat(64), rehearsal.pollId])
})

it('PC12 a deletion that is refused or fails leaves nobody without a vote', async () => {
  const poll = await house.openPoll(door)
  const { pollId } = poll
  const rules = redisKeys.rules(pollId)
  await voterAt(door).cast(vote(poll))
  await untilCounted(house, pollId, 1)
  // Rules that were taken away for a moment come back without it.
  await house.redis.hset(rules, 'mark', 'never stopped')
  await expect(admin.deletePoll.mutate({ pollId })).rejects.toThrow('archivePoll')
  expect(await house.redis.hget(rules, 'mark')).toBe('never stopped')

  const empty = await house.openPoll(door)
  await house.rows(`create function fail() returns trigger language plpgsql as
    $$ begin raise exception 'not today'; end $$`)
  await house.rows('create trigger no_deletion before delete on polls execute function fail()')
  await expect(admin.deletePoll.mutate({ pollId: empty.pollId })).rejects.toThrow()
  await house.rows('drop trigger no_deletion on polls')
  expect(await house.redis.hget(redisKeys.rules(empty.pollId), 'version')).not.toBe('gone')
  expect(await voterAt(door).cast(vote(empty))).toMatchObject({ accepted: true })
})

it('PC13 what is for a poll that is over is refused, and nothing fails, until its row says so', async () => {
  const { pollId } = await admin.createPoll.mutate({
    ...{ question: 'Which?', options: ['Samba', 'Forro'], visibility: 'embargo' },
  })
  await admin.openPoll.mutate({ pollId })
  // The schedule cannot write that it is over.
  await house.rows(`create function stay_open() returns trigger language plpgsql as
    $$ begin raise exception 'not yet'; end $$`)
  await house.rows(`create trigger nothing_closes before update on polls for each row
    when (new.state = 'closed') execute function stay_open()`)
  await house.rows(
    `update polls set grace_ms = 0, closes_at = opens_at + interval '1 ms' where poll_id = $1`,
    [pollId],
  )
  const closing = { message: 'The poll is closing; try again in a moment.', data: { reason: 'poll-state' } }
  await expect(admin.archivePoll.mutate({ pollId })).rejects.toMatchObject(closing)
  await expect(admin.revealPoll.mutate({ pollId })).rejects.toMatchObject(closing)
  await house.rows('drop trigger nothing_closes on polls')
  await until('its row says so', () => admin.revealPoll.mutate({ pollId }))
  expect(await admin.archivePoll.mutate({ pollId })).toMatchObject({ state: 'closed' })
})

it('PC14 a poll whose maker named it is made once, however often it is asked for, and not again when it is gone', async () => {
  const pollId = uuidv7()
  const asked = { pollId: pollId.toUpperCase(), question: 'Once?', options: ['Samba', 'Forro'] }
  const heard = await Promise.allSettled([1, 2, 3].map(() => admin.createPoll.mutate(asked)))
  const made = heard.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  expect(made).toMatchObject([{ pollId, slug: 'once' }])
  const refused = { data: { reason: 'poll-id-taken', httpStatus: 409 } }
  for (const one of heard) if (one.status === 'rejected') expect(one.reason).toMatchObject(refused)
  expect(await house.rows('select 1 from poll_events where poll_id = $1', [pollId])).toHaveLength(1)
  await admin.deletePoll.mutate({ pollId })
  await expect(admin.createPoll.mutate(asked)).rejects.toMatchObject(refused)
})
