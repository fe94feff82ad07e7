/** Rules of polls and their commands: what each does, what it tells the world, and what Postgres itself refuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { createPollShape, type Poll } from '../contracts/poll.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { storedVotes, untilCounted } from './counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from './house.ts'
import { readPollChanges } from './read-poll-events.kafka.ts'
import { startRedisCutter } from './redis-cutter.ts'

let house: House
let door: Door
let admin: ReturnType<typeof adminAt>['trpc']['admin']
beforeAll(async () => {
  house = await startHouse({ kafka: true })
  door = await house.gateway()
  await house.workers()
  admin = adminAt(door).trpc.admin
})
afterAll(() => house[Symbol.asyncDispose]())

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const hour = 3_600_000
const make = (its: Partial<Parameters<typeof admin.createPoll.mutate>[0]> = {}) =>
  admin.createPoll.mutate({ question: `Who? ${uuidv7()}`, options: ['Samba', 'Forro'], ...its })
const vote = ({ pollId }: Poll, optionId = 'samba') => ({ pollId, optionId, voteId: uuidv7() })
const rulesVersion = ({ pollId }: Poll) => house.redis.hget(redisKeys.rules(pollId), 'version')
const fans = { boxId: 'fans', voters: 'device', limit: { votes: 7, perSeconds: 60 }, weight: 3_000 } as const
const people = {
  boxId: 'people',
  voters: 'verified',
  limit: { votes: 1, perSeconds: null },
  weight: 7_000,
} as const

describe('commands', () => {
  it('PC1 each is an event on the topic of polls that says what was done', async () => {
    const poll = await make({ visibility: 'embargo' })
    const { pollId } = poll
    await admin.updatePoll.mutate({ pollId, boxes: [people, fans], timeZone: 'America/Sao_Paulo' })
    await admin.openPoll.mutate({ pollId, closesAt: inMs(hour) })
    await admin.updatePoll.mutate({ pollId, closesAt: inMs(2 * hour) })
    await admin.updatePoll.mutate({ pollId, closesAt: inMs(hour) })
    await admin.updatePoll.mutate({ pollId, closesAt: null })
    await admin.closePoll.mutate({ pollId })
    await admin.closePoll.mutate({ pollId })
    await admin.openPoll.mutate({ pollId })
    await admin.updatePoll.mutate({ pollId, question: 'Who really?' })
    await admin.closePoll.mutate({ pollId })
    await admin.revealPoll.mutate({ pollId })
    await admin.revealPoll.mutate({ pollId })
    await admin.archivePoll.mutate({ pollId })
    const last = await admin.unarchivePoll.mutate({ pollId })
    const rehearsal = await admin.duplicatePoll.mutate({ pollId, isRehearsal: true })
    const told = await readPollChanges(house.services.kafkaBrokers ?? '', 14)
    const its = told.filter(({ subject }) => subject === pollId)
    expect(its.map(({ change }) => change).join(' ')).toBe(
      'created updated opened extended shortened extended closed reopened updated closed revealed archived unarchived',
    )
    // Commands that found it so already told nothing.
    expect(its.map(({ data }) => data.version)).toEqual(its.map((_, i) => i + 1))
    expect(its.at(-1)?.data).toEqual(last)
    expect(told.filter(({ subject }) => subject === rehearsal.pollId)).toMatchObject([
      { change: 'created', data: rehearsal },
    ])
  })

  it('PC2 a poll opened again knows who has voted, and says when it closes now', async () => {
    const poll = await make()
    const { pollId } = poll
    await admin.openPoll.mutate({ pollId, closesAt: inMs(hour) })
    const [voter, first] = [voterAt(door), vote(poll)]
    const accepted = await voter.cast(first)
    const closed = await admin.closePoll.mutate({ pollId })
    expect(closed).toMatchObject({ state: 'closed', graceMs: 0 })
    expect(await voterAt(door).cast(vote(poll))).toMatchObject({ reason: 'poll-closed' })
    expect(await admin.openPoll.mutate({ pollId })).toMatchObject({
      state: 'open',
      closesAt: null,
      graceMs: 2_000,
    })
    expect(await voter.cast(vote(poll, 'forro'))).toMatchObject({ reason: 'already-voted' })
    expect(await voter.cast(first)).toEqual(accepted)
    await untilCounted(house, pollId, 1)
    await admin.closePoll.mutate({ pollId })
    const closesAt = inMs(2 * hour)
    expect(await admin.openPoll.mutate({ pollId, closesAt })).toMatchObject({ state: 'open', closesAt })
    expect(await admin.openPoll.mutate({ pollId, closesAt })).toMatchObject({ closesAt })
  })

  it('PC3 a duplicate is a draft by the same rules: the next round, or a rehearsal that is called one', async () => {
    const poll = await make({
      ...{ slug: 'final', visibility: 'after-vote', timeZone: 'Asia/Kolkata', boxes: [people, fans] },
      options: ['Samba', { text: 'Forro', colour: '#aa0000', pictureUrl: 'https://example.org/forro.png' }],
    })
    const { pollId } = await admin.openPoll.mutate({ pollId: poll.pollId })
    const same = {
      question: poll.question,
      options: poll.options,
      boxes: poll.boxes,
      timeZone: poll.timeZone,
    }
    const copied = {
      ...same,
      visibility: 'after-vote',
      state: 'draft',
      opensAt: null,
      previousPollId: pollId,
    }
    const rehearse = { pollId, isRehearsal: true }
    expect(await admin.duplicatePoll.mutate({ pollId })).toMatchObject({
      ...copied,
      round: 2,
      slug: 'final-2',
    })
    const rehearsal = await admin.duplicatePoll.mutate(rehearse)
    const mark = { isRehearsal: true, round: 1 }
    expect(rehearsal).toMatchObject({ ...copied, ...mark, slug: 'final-rehearsal' })
    expect(await admin.duplicatePoll.mutate(rehearse)).toMatchObject({ ...mark, slug: 'final-rehearsal-2' })
    // What was rehearsed can then be made real, and has the round that it rehearsed.
    const real = await admin.duplicatePoll.mutate({ pollId: rehearsal.pollId })
    expect(real).toMatchObject({ ...same, isRehearsal: false, round: 1, slug: 'final-3' })
    expect(await admin.duplicatePoll.mutate({ pollId, slug: 'semifinal' })).toMatchObject({
      slug: 'semifinal',
    })
    // Names are free for all who ask at the same time.
    const many = await Promise.all(Array.from({ length: 8 }, () => admin.duplicatePoll.mutate({ pollId })))
    expect(new Set(many.map(({ slug }) => slug)).size).toBe(8)
  })

  it('PC4 only what votes are judged by makes votes under way be judged anew', async () => {
    const poll = await house.openPoll(door)
    const { pollId } = poll
    const before = await rulesVersion(poll)
    const changed = await admin.updatePoll.mutate({
      pollId,
      visibility: 'after-close',
      question: 'Which, really?',
    })
    expect(changed.version).toBe(poll.version + 1)
    expect(await rulesVersion(poll)).toBe(before)
    await admin.updatePoll.mutate({ pollId, closesAt: inMs(hour) })
    expect(await rulesVersion(poll)).not.toBe(before)
  })

  it('PC5 a poll that opens in a moment is changed while nobody can vote, and votes heed the change', async () => {
    const { pollId } = await make({ opensAt: inMs(14_000) })
    const changed = await admin.updatePoll.mutate({
      pollId,
      options: ['Frevo', 'Maracatu'],
      boxes: [fans, people],
    })
    expect(changed).toMatchObject({ state: 'scheduled', boxes: [fans, people] })
    const rules = await house.redis.hgetall(redisKeys.rules(pollId))
    expect(rules).toMatchObject({ version: '2', 'limit:0': '7', 'limit:1': '1', 'window:0': '60000' })
    await admin.updatePoll.mutate({ pollId, opensAt: null, closesAt: inMs(hour) })
    expect(
      await voterAt(door)
        .trpc.poll.byId.query({ pollId })
        .catch(() => 'a draft again'),
    ).toBe('a draft again')
    await admin.openPoll.mutate({ pollId })
    expect(await voterAt(door).cast({ ...vote(changed, 'maracatu'), box: 'fans' })).toMatchObject({
      ...{ accepted: true, remaining: 6 },
    })
  })

  it('PC6 a poll that was voted in is never deleted, whatever it allows; one without votes is', async () => {
    const boxes = [{ ...fans, limit: null, weight: 10_000 }]
    const poll = await make({ boxes })
    const { pollId } = await admin.openPoll.mutate({ pollId: poll.pollId })
    expect(await voterAt(door).cast(vote(poll))).toMatchObject({ accepted: true, remaining: null })
    await expect(admin.deletePoll.mutate({ pollId })).rejects.toThrow('archivePoll')
    // Voting goes on, as if nothing had been asked.
    expect(await voterAt(door).cast(vote(poll))).toMatchObject({ accepted: true })
    await untilCounted(house, pollId, 2)
    const empty = await admin.openPoll.mutate({ pollId: (await make({ boxes })).pollId })
    await admin.deletePoll.mutate({ pollId: empty.pollId })
    expect(await voterAt(door).cast(vote(empty))).toMatchObject({ reason: 'unknown-poll' })
  })
})

describe('Postgres itself', () => {
  const noOf = async ({ pollId }: Poll) => {
    const [row] = await house.rows<{ poll_no: number }>('select poll_no from polls where poll_id = $1', [
      pollId,
    ])
    return row?.poll_no ?? 0
  }

  it('PC7 refuses other boxes, options, weights, addresses and openings once a poll has opened', async () => {
    const opened = await noOf(await house.openPoll(door))
    const draft = await noOf(await make())
    const box = `(poll_no, box_no, box_id, voters, weight) values (${opened}, 1, 'x', 'device', 0)`
    for (const change of [
      `update ballot_boxes set weight = 9000 where poll_no = ${opened}`,
      `update ballot_boxes set limit_votes = 100 where poll_no = ${opened}`,
      `update ballot_boxes set poll_no = ${draft}, box_no = 5, box_id = 'x' where poll_no = ${opened}`,
      `update ballot_boxes set poll_no = ${opened}, box_no = 5, box_id = 'x' where poll_no = ${draft}`,
      `insert into ballot_boxes ${box}`,
      `delete from ballot_boxes where poll_no = ${opened}`,
      `update poll_options set option_text = 'Other' where poll_no = ${opened}`,
      `insert into poll_options (poll_no, option_no, option_id, option_text) values (${opened}, 9, 'x', 'X')`,
      `delete from poll_options where poll_no = ${opened}`,
      `update polls set slug = 'other' where poll_no = ${opened}`,
      `update polls set time_zone = 'Asia/Kolkata' where poll_no = ${opened}`,
      `update polls set opens_at = opens_at - interval '1 s' where poll_no = ${opened}`,
      `update polls set is_rehearsal = true where poll_no = ${opened}`,
      `update polls set ever_opened = false where poll_no = ${opened}`,
    ]) {
      await expect(house.rows(change), change).rejects.toThrow('frozen')
    }
  })

  it('PC8 refuses weights that are no whole, zones that it does not know, and a reveal that is taken back', async () => {
    const draft = await noOf(await make())
    const { pollId } = await make({ visibility: 'embargo' })
    await admin.openPoll.mutate({ pollId })
    await admin.closePoll.mutate({ pollId })
    await admin.revealPoll.mutate({ pollId })
    const box = `(poll_no, box_no, box_id, voters, weight) values (${draft}, 1, 'x', 'device', 1)`
    for (const [change, why] of [
      [`update ballot_boxes set weight = 9999 where poll_no = ${draft}`, 'sum to 9999'],
      [`insert into ballot_boxes ${box}`, 'sum to 10001'],
      [`update ballot_boxes set limit_votes = 101 where poll_no = ${draft}`, 'a_limit_is_small'],
      [
        `update ballot_boxes set limit_per_seconds = 604801 where poll_no = ${draft}`,
        'a_window_lasts_a_week',
      ],
      [`update polls set time_zone = 'Mars/Olympus' where poll_no = ${draft}`, 'Mars/Olympus is not known'],
      [`update polls set revealed_at = null where poll_id = '${pollId}'`, 'was revealed'],
      [`update polls set state = 'open' where poll_id = '${pollId}'`, 'revealed_once_it_is_over'],
      [
        `update polls set archived_at = now(), state = 'open', ever_opened = true, opens_at = now() where poll_no = ${draft}`,
        'nothing_open_is_archived',
      ],
    ] as const) {
      await expect(house.rows(change), change).rejects.toThrow(why)
    }
  })

  it('PC9 knows every time zone that a poll may have, and its hours in winter and summer', async () => {
    const options = ['A', 'B']
    const isTaken = (timeZone: string) =>
      createPollShape.safeParse({ question: 'Q?', options, timeZone }).success
    const aliases = [
      'UTC',
      'Asia/Calcutta',
      'Asia/Kolkata',
      'US/Pacific',
      'America/Buenos_Aires',
      'Etc/GMT+3',
    ]
    const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), ...aliases])].filter(isTaken)
    expect(zones.length).toBeGreaterThan(400)
    const instants = ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']
    const read = await house.rows<{ zone: string; at: string; local: string }>(
      `select zone, at, to_char(at::timestamptz at time zone zone, 'YYYY-MM-DD HH24:MI') as local
       from unnest($1::text[]) zone, unnest($2::text[]) at`,
      [zones, instants],
    )
    expect(read).toHaveLength(2 * zones.length)
    const inNode = (timeZone: string, at: string) =>
      new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))
    expect(read.filter(({ zone, at, local }) => inNode(zone, at) !== local)).toEqual([])
  })
})

describe('a gateway that has not heard', () => {
  it('PC10 takes no vote by the rules of before, and soon knows the new ones all the same', async () => {
    await using wire = await startRedisCutter(house.services.redisUrl)
    const deaf = await house.gateway({ env: { REDIS_URL: wire.url } })
    const poll = await make({ opensAt: inMs(hour), options: ['Samba', 'Forro'] })
    const { pollId } = poll
    const stateThere = async () => (await voterAt(deaf).trpc.poll.byId.query({ pollId })).state
    await until('both know it', async () => (await stateThere()) === 'scheduled')
    wire.deafen()
    await admin.updatePoll.mutate({ pollId, options: ['Forro', 'Samba'] })
    await admin.openPoll.mutate({ pollId })
    // In its book the poll opens in an hour, and Samba is the first option.
    const early = vote(poll, 'samba')
    expect(await voterAt(deaf).cast(early)).toMatchObject({ accepted: true })
    await until('it knows that the poll is open', async () => (await stateThere()) === 'open')
    await admin.closePoll.mutate({ pollId })
    expect(await voterAt(deaf).cast(vote(poll))).toMatchObject({ accepted: false, reason: 'poll-closed' })
    await until('it knows that the poll is closed', async () => (await stateThere()) === 'closed')
    await untilCounted(house, pollId, 1)
    expect(await storedVotes(house, pollId)).toEqual([`${early.voteId} samba`])
  })
})
