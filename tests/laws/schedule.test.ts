/** The laws of the schedule: polls open and close on time by the server's clock, whoever dies or forgets meanwhile. */
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import type { Poll } from '../../contracts/poll.ts'
import type { VoteAnswer } from '../../contracts/vote.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { bare } from '../bare-receipt.ts'
import { storedVotes } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const options = ['Samba', 'Forro']
const graceMs = 2_000
const passed = (time: number) =>
  until(`it is ${new Date(time).toISOString()}`, async () => Date.now() > time, time - Date.now() + 60_000)

interface Heard {
  /** When the call began and ended; one clock serves this whole house. */
  readonly began: number
  readonly ended: number
  readonly voteId: string
  readonly answer: VoteAnswer
  readonly repeat: () => Promise<VoteAnswer>
}

/** People who come one after another and try once each, for as long as it goes on; who finds nobody goes away. */
function keepAsking(door: Door, pollId: string) {
  const heard: Heard[] = []
  let isGoing = true
  const going = (async () => {
    while (isGoing) {
      const began = Date.now()
      const voter = voterAt(door, 0)
      const vote = { pollId, optionId: 'samba', voteId: uuidv7() }
      const answer = await voter.cast(vote).catch(() => null)
      const repeat = () => voter.cast(vote)
      if (answer !== null) heard.push({ began, ended: Date.now(), voteId: vote.voteId, answer, repeat })
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  })()
  return {
    heard,
    stop: async () => {
      isGoing = false
      await going
    },
  }
}

const times = (poll: Poll) => ({
  opensAt: Date.parse(poll.opensAt ?? ''),
  closesAt: Date.parse(poll.closesAt ?? ''),
})
const isAccepted = ({ answer }: Heard) => answer.accepted
const isRefused = (reason: string) => (its: Heard) => !its.answer.accepted && its.answer.reason === reason

/** What was heard at a time at which it must not be heard. */
function untimely(poll: Poll, heard: readonly Heard[]): string[] {
  const { opensAt, closesAt } = times(poll)
  return heard.flatMap(({ began, ended, answer }) => {
    const said = answer.accepted ? `accepted at ${answer.acceptedAt}` : answer.reason
    const told = `asked ${began - opensAt} to ${ended - opensAt} ms after the opening: ${said}`
    if (answer.accepted) {
      const at = Date.parse(answer.acceptedAt)
      const isTimely = at >= opensAt && at < closesAt + graceMs && at >= began && at <= ended
      return isTimely ? [] : [told]
    }
    switch (answer.reason) {
      case 'poll-not-open':
        return began < opensAt && answer.retryAt === poll.opensAt ? [] : [told]
      case 'poll-closed':
        return ended >= closesAt + graceMs ? [] : [told]
      case 'unavailable':
        return []
      default:
        return [told]
    }
  })
}

/** A poll that is scheduled ahead, and somebody who has asked before it opened. */
async function scheduledAhead(door: Door, leadMs: number, lastsMs: number) {
  const { admin } = adminAt(door).trpc
  const [opensAt, closesAt] = [inMs(leadMs), inMs(leadMs + lastsMs)]
  const poll = await admin.createPoll.mutate({ question: `Soon? ${uuidv7()}`, options, opensAt, closesAt })
  const early = keepAsking(door, poll.pollId)
  await until('somebody heard of it', async () => early.heard.length > 0)
  await early.stop()
  if (early.heard.some(isRefused('poll-not-open')) || leadMs > 60_000) return { poll, early: early.heard }
  return scheduledAhead(door, 4 * leadMs, lastsMs)
}

/** A time has to lie ahead when it reaches the server: on a machine that was too slow for that it is put further off. */
async function setAhead(leadMs: number, set: (time: string) => Promise<unknown>): Promise<number> {
  const time = Date.now() + leadMs
  try {
    await set(new Date(time).toISOString())
    return time
  } catch (error) {
    if (Date.now() < time || leadMs > 60_000) throw error
  }
  return setAhead(4 * leadMs, set)
}

const changesOf = async (house: House, { pollId }: Poll) =>
  (
    await house.rows<{ change: string }>(
      `select convert_from(message, 'utf8')::json ->> 'change' as change from poll_events
       where poll_id = $1 order by event_no`,
      [pollId],
    )
  ).map(({ change }) => change)

describe('a poll scheduled 3 s ahead', () => {
  it.for(['keeps its memory', 'is emptied as well'])(
    'SC3 opens and closes on time with gateway and worker killed before and after the opening, while Redis %s',
    { timeout: 300_000 },
    async (redis) => {
      await using house = await startHouse()
      const startedAt = Date.now()
      const door = await house.gateway()
      const worker = await house.workers()
      // Long enough for two restarts on this machine as it is today.
      const lastsMs = Math.min(10_000 + 3 * (Date.now() - startedAt), 70_000)
      const killAndRestart = async () => {
        await Promise.all([door.process.kill(), worker.kill()])
        if (redis === 'is emptied as well') await house.redis.flushall()
        await Promise.all([door.process.restart(), worker.restart()])
      }
      const { poll, early } = await scheduledAhead(door, 3_000, lastsMs)
      const { opensAt, closesAt } = times(poll)
      await killAndRestart()
      const first = keepAsking(door, poll.pollId)
      await until('it is open', async () => first.heard.some(isAccepted))
      await first.stop()
      // What only waits in the queue is lost with Redis, and named: here nothing waits.
      await until(
        'nothing waits',
        async () => (await storedVotes(house, poll.pollId)).length >= first.heard.filter(isAccepted).length,
      )
      await killAndRestart()
      const second = keepAsking(door, poll.pollId)
      await until('it is still open', async () => second.heard.some(isAccepted))
      await until('it is closed', async () => second.heard.some(isRefused('poll-closed')))
      await second.stop()

      const heard = [...early, ...first.heard, ...second.heard]
      expect(untimely(poll, heard)).toEqual([])
      // A repeat hears what was said before, after the close too; its path went with the gateway that signed it.
      const voted = [first.heard.find(isAccepted), second.heard.find(isAccepted)]
      for (const its of voted.filter((one) => one !== undefined))
        expect(bare(await its.repeat())).toEqual(bare(its.answer))

      await until('every vote that was accepted is stored', async () => {
        const stored = new Set((await storedVotes(house, poll.pollId)).map((line) => line.slice(0, 36)))
        return heard.filter(isAccepted).every(({ voteId }) => stored.has(voteId))
      })
      // Those whose answer was lost with their gateway too.
      const [span] = await house.rows<{ first: Date; last: Date }>(
        'select min(accepted_at) as first, max(accepted_at) as last from votes',
      )
      expect(span?.first.getTime()).toBeGreaterThanOrEqual(opensAt)
      expect(span?.last.getTime()).toBeLessThan(closesAt + graceMs)
      // Votes are judged by the times; the row learns it within half a second.
      const read = () => voterAt(door).trpc.poll.byId.query({ pollId: poll.pollId })
      await until('its row says so', async () => (await read()).state === 'closed')
      expect(await read()).toMatchObject({ opensAt: poll.opensAt, closesAt: poll.closesAt })
      expect(await changesOf(house, poll)).toEqual(['created', 'opened', 'closed'])
    },
  )
})

describe('the schedule', () => {
  it('SC4 is kept by several gateways, and each poll opens and closes once', async () => {
    await using house = await startHouse()
    const doors = [await house.gateway(), await house.gateway()] as const
    const { admin } = adminAt(doors[0]).trpc
    let polls: Poll[] = []
    // All are made before the first of them opens.
    const opensAtMs = await setAhead(8_000, async (opensAt) => {
      const closesAt = new Date(Date.parse(opensAt) + 1_000).toISOString()
      polls = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          admin.createPoll.mutate({
            question: `Poll ${i}?`,
            options,
            opensAt,
            ...(i % 2 === 0 && { closesAt }),
          }),
        ),
      )
      expect(Date.now()).toBeLessThan(Date.parse(opensAt))
    })
    const last = polls[0]?.pollId ?? ''
    await passed(opensAtMs)
    for (const door of doors) {
      const { poll } = voterAt(door).trpc
      await until(
        'they have closed',
        async () => (await poll.byId.query({ pollId: last })).state === 'closed',
      )
    }
    // Every gateway has gone over all polls again by then: once it starts, and every 10 s.
    await doors[1].process.restart()
    for (const [i, poll] of polls.entries()) {
      const did = await changesOf(house, poll)
      // One whose whole time passed while nobody looked goes straight to its end.
      expect(did.filter((change) => change !== 'opened' || i % 2 === 1)).toEqual(
        i % 2 === 0 ? ['created', 'closed'] : ['created', 'opened'],
      )
      expect(did.filter((change) => change === 'opened').length).toBeLessThan(2)
    }
  })

  it('SC5 a vote that is judged in the grace after the close is in; a poll closed by hand has none', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const { admin } = adminAt(door).trpc
    const { pollId } = await admin.createPoll.mutate({ question: 'Late?', options, opensAt: inMs(3_600_000) })
    // So long that no machine is too slow for it.
    await house.rows('update polls set grace_ms = 60000 where poll_id = $1', [pollId])
    const closesAt = await setAhead(1_500, (end) =>
      admin.updatePoll.mutate({ pollId, opensAt: inMs(0), closesAt: end }),
    )
    await passed(closesAt)
    const late = await voterAt(door).cast({ pollId, optionId: 'samba', voteId: uuidv7() })
    expect(late.accepted && Date.parse(late.acceptedAt) >= closesAt).toBe(true)
    const { poll } = voterAt(door).trpc
    await until('it is open', async () => (await poll.byId.query({ pollId })).state === 'open')
    expect(await admin.closePoll.mutate({ pollId })).toMatchObject({ state: 'closed', graceMs: 0 })
    expect(await voterAt(door).cast({ pollId, optionId: 'samba', voteId: uuidv7() })).toMatchObject({
      reason: 'poll-closed',
    })
  })

  it('SC6 a close that is put off does not come, one that is drawn near does', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const { admin } = adminAt(door).trpc
    const { pollId } = await house.openPoll(door, options)
    const closesAt = await setAhead(4_000, async (end) => {
      // One whose end came before it could be put off is opened again; the others are open.
      await admin.openPoll.mutate({ pollId })
      await admin.updatePoll.mutate({ pollId, closesAt: end })
      await admin.updatePoll.mutate({ pollId, closesAt: inMs(3_600_000) })
    })
    await passed(closesAt + graceMs)
    const vote = () => voterAt(door).cast({ pollId, optionId: 'samba', voteId: uuidv7() })
    expect(await vote()).toMatchObject({ accepted: true })
    const soon = await setAhead(1_000, (end) => admin.updatePoll.mutate({ pollId, closesAt: end }))
    await passed(soon + graceMs)
    expect(await vote()).toMatchObject({ reason: 'poll-closed' })
  })

  it('SC7 rules that Redis has lost are brought back, so that a repeat after the close hears what was said', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    const { pollId } = await house.openPoll(door, options)
    const voter = voterAt(door, 0)
    const vote = { pollId, optionId: 'samba', voteId: uuidv7() }
    const accepted = await voter.cast(vote)
    await adminAt(door).trpc.admin.closePoll.mutate({ pollId })
    // As after a deletion that died half-way.
    await house.redis.del(redisKeys.rules(pollId))
    const repeat = await until('it is answered', async () => {
      const answer = await voter.cast(vote)
      return answer.accepted && answer
    })
    expect(repeat).toEqual(accepted)
  })

  it('SC8 a change that dies on its way to Redis just before the opening is voted by, or nobody votes', async () => {
    await using house = await startHouse()
    const doomed = await house.gateway({ env: { CRASH_AT: 'poll.stored' } })
    const door = await house.gateway()
    await house.workers()
    const asked = { question: 'Which?', options: ['Samba', 'Forro'], opensAt: inMs(8_000) }
    const { pollId } = await adminAt(door).trpc.admin.createPoll.mutate(asked)
    const rulesVersion = () => house.redis.hget(redisKeys.rules(pollId), 'version')
    const before = await rulesVersion()
    const changed = adminAt(doomed).trpc.admin.updatePoll.mutate({ pollId, options: ['Forro', 'Samba'] })
    await expect(changed).rejects.toThrow()
    await until('it is dead', async () => doomed.process.pid === null)
    // What the other gateway still has in its book cannot be voted by any more.
    expect(await rulesVersion()).not.toBe(before)
    const vote = { pollId, optionId: 'samba', voteId: uuidv7() }
    const voter = voterAt(door, 0)
    await until('it is open', async () => (await voter.cast(vote)).accepted, 90_000)
    await until('it is counted as what it was', async () => {
      const stored = await storedVotes(house, pollId)
      return stored.length === 1 && stored[0] === `${vote.voteId} samba`
    })
  })
})
