/** Bad input about polls, each kind through the HTTP door: its own status and code, the field, and what to do instead. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Poll } from '../contracts/poll.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { badPolls, inMs, options, weighing } from './bad-polls.ts'
import { adminAt, secrets, startHouse, voterAt, type Door, type House } from './house.ts'

let house: House
let door: Door
/** One in each state that matters here. */
let polls: Record<
  | 'draft'
  | 'hollow'
  | 'scheduled'
  | 'open'
  | 'voted'
  | 'closed'
  | 'secret'
  | 'revealed'
  | 'certified'
  | 'archived',
  Poll
>
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  const { admin } = adminAt(door).trpc
  const make = (more: { opensAt?: string; visibility?: 'embargo' } = {}) =>
    admin.createPoll.mutate({ question: 'Who wins?', options: ['A', 'B'], ...more })
  const opened = async (more: { visibility?: 'embargo' } = {}) =>
    admin.openPoll.mutate({ pollId: (await make(more)).pollId })
  const closed = async (more: { visibility?: 'embargo' } = {}) =>
    admin.closePoll.mutate({ pollId: (await opened(more)).pollId })
  polls = {
    draft: await make(),
    hollow: await make(),
    scheduled: await make({ opensAt: inMs(3_600_000) }),
    open: await opened(),
    voted: await opened(),
    closed: await closed(),
    secret: await closed({ visibility: 'embargo' }),
    revealed: await closed({ visibility: 'embargo' }),
    certified: await closed(),
    archived: await closed(),
  }
  await house.rows(
    'delete from poll_options using polls p where p.poll_no = poll_options.poll_no and poll_id = $1',
    [polls.hollow.pollId],
  )
  await house.rows(`update polls set state = 'certified' where poll_id = $1`, [polls.certified.pollId])
  await admin.revealPoll.mutate({ pollId: polls.revealed.pollId })
  await admin.archivePoll.mutate({ pollId: polls.archived.pollId })
  const cast = { pollId: polls.voted.pollId, optionId: 'a', voteId: uuidv7() }
  expect(await voterAt(door).cast(cast)).toMatchObject({ accepted: true })
})
afterAll(() => house[Symbol.asyncDispose]())

type Call = [string, () => [command: string, input: object], status: number, reason: string, says: string]
const its = (name: keyof typeof polls, more: object = {}) => ({ pollId: polls[name].pollId, ...more })

/** Commands that come at the wrong time. */
const badCommands: Call[] = [
  [
    'an address that is taken',
    () => ['createPoll', good({ slug: polls.open.slug })],
    409,
    'slug-taken',
    'slug: ',
  ],
  [
    'an update to a taken address',
    () => ['updatePoll', its('draft', { slug: polls.open.slug })],
    409,
    'slug-taken',
    '',
  ],
  [
    'other options while open',
    () => ['updatePoll', its('open', options('C', 'D'))],
    409,
    'poll-frozen',
    'options: ',
  ],
  [
    'other weights while open',
    () => ['updatePoll', its('open', weighing(10_000))],
    409,
    'poll-frozen',
    'boxes: ',
  ],
  [
    'another zone once closed',
    () => ['updatePoll', its('closed', { timeZone: 'UTC' })],
    409,
    'poll-frozen',
    'timeZone: ',
  ],
  [
    'another opening',
    () => ['updatePoll', its('open', { opensAt: null })],
    409,
    'poll-frozen',
    'opensAt: frozen since',
  ],
  [
    'another address',
    () => ['updatePoll', its('open', { slug: 'new' })],
    409,
    'poll-frozen',
    'slug: frozen since',
  ],
  [
    'a rehearsal made real',
    () => ['updatePoll', its('draft', { isRehearsal: false })],
    400,
    'bad-input',
    'isRehearsal',
  ],
  [
    'wrong weights',
    () => ['updatePoll', its('draft', weighing(1))],
    400,
    'bad-input',
    'the weights sum to 1;',
  ],
  [
    'an end that is past',
    () => ['updatePoll', its('open', { closesAt: inMs(-1) })],
    400,
    'bad-input',
    'closePoll closes',
  ],
  [
    'an end before its opening',
    () => ['updatePoll', its('scheduled', { closesAt: inMs(9_000) })],
    400,
    'bad-input',
    'not later',
  ],
  [
    'an end once closed',
    () => ['updatePoll', its('closed', { closesAt: inMs(9_000) })],
    409,
    'poll-state',
    'openPoll opens it',
  ],
  [
    'a lifted embargo hidden',
    () => ['updatePoll', its('revealed', { visibility: 'live' })],
    409,
    'poll-state',
    'was lifted',
  ],
  [
    'an embargo lifted by the way',
    () => ['updatePoll', its('secret', { visibility: 'live' })],
    409,
    'poll-state',
    'revealPoll',
  ],
  [
    'a change to a certified poll',
    () => ['updatePoll', its('certified', { question: 'x' })],
    409,
    'poll-state',
    'certified',
  ],
  [
    'a change to an archived poll',
    () => ['updatePoll', its('archived', { question: 'x' })],
    409,
    'poll-state',
    'unarchivePoll',
  ],
  ['a change to no poll', () => ['updatePoll', { pollId: uuidv7() }], 404, 'unknown-poll', ''],
  [
    'an opening without options',
    () => ['openPoll', its('hollow')],
    409,
    'poll-state',
    'options: a poll needs at least 2',
  ],
  [
    'an opening until the past',
    () => ['openPoll', its('draft', { closesAt: inMs(-1) })],
    400,
    'bad-input',
    'is past',
  ],
  ['an opening after the result', () => ['openPoll', its('certified')], 409, 'poll-state', 'certified'],
  [
    'an opening after the counts were shown',
    () => ['openPoll', its('revealed')],
    409,
    'poll-state',
    'duplicatePoll',
  ],
  ['an opening from the archive', () => ['openPoll', its('archived')], 409, 'poll-state', 'unarchivePoll'],
  [
    'another end for an open poll',
    () => ['openPoll', its('open', { closesAt: inMs(9_000) })],
    409,
    'poll-state',
    'updatePoll',
  ],
  ['closing a draft', () => ['closePoll', its('draft')], 409, 'poll-state', 'has not opened'],
  ['closing what is to come', () => ['closePoll', its('scheduled')], 409, 'poll-state', 'opensAt null'],
  ['revealing what is seen', () => ['revealPoll', its('closed')], 409, 'poll-state', 'no embargo'],
  ['archiving what is open', () => ['archivePoll', its('open')], 409, 'poll-state', 'close it first'],
  ['archiving what is to come', () => ['archivePoll', its('scheduled')], 409, 'poll-state', 'calls it off'],
  ['deleting votes', () => ['deletePoll', its('voted')], 409, 'poll-has-votes', 'archivePoll'],
  ['duplicating nothing', () => ['duplicatePoll', { pollId: uuidv7() }], 404, 'unknown-poll', ''],
]

const good = (but: object) => ({ question: 'Who wins?', options: ['A', 'B'], ...but })

const answerShape = z.object({
  result: z.object({ data: z.object({ pollId: z.string() }) }).optional(),
  error: z.object({ message: z.string(), data: z.object({ reason: z.string().nullable() }) }).optional(),
})

async function command(name: string, input: object) {
  const answer = await fetch(`${door.trpcUrl}/admin.${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.ADMIN_TOKEN}` },
    body: JSON.stringify(input),
  })
  return { status: answer.status, ...answerShape.parse(await answer.json()) }
}

/** All that is known of polls. */
const everything = async () => [
  await house.rows('select * from polls order by poll_no'),
  await house.rows('select * from poll_options order by poll_no, option_no'),
  await house.rows('select * from ballot_boxes order by poll_no, box_no'),
  await house.rows('select count(*) from poll_events'),
  Object.values(await house.redis.hgetall(redisKeys.polls)).sort(),
]

describe('bad input about polls', () => {
  it('I3 each is told which field is wrong and why, and changes nothing', async () => {
    const before = await everything()
    const wrong: string[] = []
    const judge = async (what: string, [name, input]: [string, object], wanted: [number, string, string]) => {
      const { status, error } = await command(name, input)
      const heard = [status, error?.data.reason]
      const isRight =
        heard[0] === wanted[0] && heard[1] === wanted[1] && error?.message.includes(wanted[2]) === true
      if (!isRight)
        wrong.push(`${what}: wanted ${wanted.join(' ')}, heard ${heard.join(' ')} ${error?.message}`)
    }
    for (const [what, but, says] of badPolls)
      await judge(what, ['createPoll', good(but)], [400, 'bad-input', says])
    for (const [what, call, ...wanted] of badCommands) await judge(what, call(), wanted)
    expect(wrong).toEqual([])
    expect(await everything()).toEqual(before)
  })

  it('I4 what only looks odd is taken, and comes back byte for byte', async () => {
    const texts = {
      question: 'من سيفوز؟ 🏆\u200f',
      description: 'שורה\nline\ttwo 👩‍👩‍👧‍👦',
      options: ['Jose\u0301', '🇧🇷', 'x'.repeat(100), '<script>alert(1)</script>', "'; drop table polls; --"],
    }
    const { result } = await command('createPoll', {
      ...texts,
      opensAt: inMs(-50_000),
      timeZone: 'Asia/Calcutta',
    })
    const pollId = result?.data.pollId ?? ''
    const read = await voterAt(door).trpc.poll.byId.query({ pollId })
    expect(read).toMatchObject({ question: texts.question, description: texts.description })
    expect(read.options.map(({ text }) => text)).toEqual(texts.options)
    // An opening within the last minute is "now": it was on its way.
    expect(['scheduled', 'open']).toContain(read.state)
  })
})
