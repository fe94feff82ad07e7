/** Writes a poll to Redis, where every gateway reads it and the admission script judges by it. */
import { readFileSync } from 'node:fs'
import type { Result } from 'ioredis'
import { z } from 'zod'
import { pollRecordShape, type PollRecord } from '../../contracts/poll.ts'
import { redisChannels, redisKeys } from '../../contracts/redis-keys.ts'
import { slices } from '../../contracts/remembered.ts'
import { isOver } from '../../contracts/what-shows.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import { onEach, type Lane, type Lanes } from '../lanes.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaPutPoll(...args: (string | number)[]): Result<unknown, Context>
    urnaPutRules(...args: (string | number)[]): Result<unknown, Context>
  }
}

const lua = readFileSync(new URL('put-poll.lua', import.meta.url), 'utf8')
const rulesLua = readFileSync(new URL('put-rules.lua', import.meta.url), 'utf8')
const changedShape = z.literal([0, 1])

// Who repeats a vote after the close does so within days; a vote takes 96 bytes of Redis until then, beside about 0.1 kB
// for its voter. What is remembered in slices of time has an end of its own, and its voter stands here too.
const rememberedAfterCloseMs = 7 * 24 * 60 * 60 * 1000

// Longer than a gateway may have read a poll before it writes it: a poll that is gone stays gone.
const tombstoneSeconds = 24 * 60 * 60
// Longer than the transaction of a deletion takes; should that gateway die, voting then goes on.
const deletionWithinMs = 30_000

/** For how much longer the votes of a poll are remembered; null = as long as Redis is. Negative: no more. */
export function rememberedForMs({ state, closesAtMs }: PollRecord): number | null {
  if (!isOver({ state }) || closesAtMs === null) return null
  return closesAtMs + rememberedAfterCloseMs - Date.now()
}

/** Answers whether Redis lacked this version; announces it then. `untouched`: the poll was never open. */
type ProjectPoll = (poll: PollRecord, untouched: boolean) => Promise<boolean>

/**
 * On each of the poll's lanes, the first one with its record last: who reads the record finds rules everywhere. A lane
 * that is away keeps the others from nothing; then it throws, and the schedule brings that lane its rules later.
 */
export function makeProjectPoll(lanes: Lanes): ProjectPoll {
  const [first, ...others] = lanes
  const onFirst = makeProjectOnLane(first)
  const onOthers = new Map(others.map((lane) => [lane, makeProjectOnLane(lane)]))
  return async (poll, untouched) => {
    const its = others.filter(({ no }) => no < poll.hashTags)
    const ruling = onEach(its, async (lane) => onOthers.get(lane)?.(poll, untouched))
    await Promise.allSettled([ruling])
    const changed = await onFirst(poll, untouched)
    await ruling
    return changed
  }
}

/** The same on one lane alone: on the first its record, rules and tally, on any other its rules. */
export function makeProjectOnLane(lane: Lane): ProjectPoll {
  const { no, redis } = lane
  if (no > 0) {
    redis.defineCommand('urnaPutRules', { lua: rulesLua })
    return async (poll) => {
      const { keys, args } = rulesFor(lane, poll)
      return changedShape.parse(await redis.urnaPutRules(keys.length, ...keys, ...args)) === 1
    }
  }
  redis.defineCommand('urnaPutPoll', { lua })
  return async (poll, untouched) => {
    const { keys, args } = putting(poll, untouched)
    const changed = changedShape.parse(await redis.urnaPutPoll(keys.length, ...keys, ...args))
    if (changed === 0) return false
    await redis.publish(redisChannels.polls, poll.pollId)
    return true
  }
}

/**
 * Writes a poll and its rules in place of whatever Redis has of them, and announces it. Only for who holds the poll's row:
 * what a command brings to Redis meanwhile would be newer.
 */
export async function projectAnew(lanes: Lanes, poll: PollRecord, untouched: boolean): Promise<void> {
  const [{ redis }, ...others] = lanes
  const { keys: its, args } = putting(poll, untouched)
  const { pollId } = poll
  await onEach(
    others.filter(({ no }) => no < poll.hashTags),
    async (lane) => {
      const rules = lane.keys.rules(pollId)
      const ruling = rulesFor(lane, poll)
      await execAll(
        lane.redis
          .multi()
          .del(rules)
          .eval(rulesLua, ruling.keys.length, ...ruling.keys, ...ruling.args),
      )
    },
  )
  await execAll(
    redis
      .multi()
      .hdel(redisKeys.polls, pollId)
      .del(redisKeys.rules(pollId))
      .eval(lua, its.length, ...its, ...args),
  )
  await redis.publish(redisChannels.polls, pollId)
}

interface ScriptInput {
  readonly keys: string[]
  readonly args: (string | number)[]
}

/** What put-poll.lua is given. */
function putting(poll: PollRecord, untouched: boolean): ScriptInput {
  const { pollId } = poll
  const { polls, rules, tally, pollsChanges, memory } = redisKeys
  const record = JSON.stringify(pollRecordShape.parse(poll))
  return {
    keys: [polls, rules(pollId), tally(pollId), pollsChanges, memory(pollId)],
    args: [
      ...[pollId, poll.version, poll.rulesVersion, record, untouched ? '1' : '0', rememberedText(poll)],
      ...rulesOf(poll),
    ],
  }
}

/** What put-rules.lua is given. */
const rulesFor = ({ keys }: Lane, poll: PollRecord): ScriptInput => ({
  keys: [keys.rules(poll.pollId), keys.memory(poll.pollId)],
  args: [poll.rulesVersion, rememberedText(poll), ...rulesOf(poll)],
})

function rememberedText(poll: PollRecord): number | '' {
  const forMs = rememberedForMs(poll)
  return forMs === null ? '' : Math.max(forMs, 1)
}

/** What admit.lua judges by; a poll that was never given a time to open cannot be voted in. */
function rulesOf(poll: PollRecord): (string | number)[] {
  const { state, opensAtMs, closesAtMs } = poll
  // What was opened or closed by hand is so now, also where Redis' clock is a little behind ours.
  const opensAt = state === 'draft' ? '' : state === 'open' ? 0 : (opensAtMs ?? '')
  const closesAt = isOver(poll) ? 0 : (closesAtMs ?? '')
  const fields: (string | number)[] = [
    ...['version', poll.rulesVersion],
    ...['opensAt', opensAt],
    ...['closesAt', closesAt],
    ...['graceMs', poll.graceMs],
    ...['options', poll.options.length],
  ]
  for (const [boxNo, { limit }] of poll.boxes.entries()) {
    const windowMs = limit?.perSeconds == null ? '' : limit.perSeconds * 1_000
    fields.push(`limit:${boxNo}`, limit?.votes ?? '', `window:${boxNo}`, windowMs)
  }
  return fields
}

/** Takes a deleted poll off Redis for good, and tells: first no lane takes its rules any more, then its record goes. */
export async function unprojectPoll(lanes: Lanes, pollId: string): Promise<void> {
  const [{ redis }] = lanes
  const burying = onEach(lanes, ({ redis, keys }) =>
    execAll(
      redis
        .multi()
        .del(keys.rules(pollId), keys.memory(pollId), keys.restoring(pollId), keys.acceptedOfPoll(pollId))
        .del(...slices.map((slice) => keys.recent(pollId, slice)))
        .hset(keys.rules(pollId), 'version', 'gone')
        .expire(keys.rules(pollId), tombstoneSeconds),
    ),
  )
  await Promise.allSettled([burying])
  const { polls, pollsChanges, tally, reconciliation } = redisKeys
  await execAll(
    redis.multi().hdel(polls, pollId).hdel(reconciliation, pollId).incr(pollsChanges).del(tally(pollId)),
  )
  await redis.publish(redisChannels.polls, pollId)
  await burying
}

/**
 * Stops all voting in a poll at once and answers whether anybody has voted in it, or is about to. Where a lane is away
 * nobody can say: voting goes on then.
 */
export async function stopVoting(lanes: Lanes, pollId: string): Promise<{ voted: boolean }> {
  try {
    const voted = await onEach(lanes, async ({ redis, keys }) => {
      const rules = keys.rules(pollId)
      const answers = await execAll(
        redis
          .multi()
          .exists(keys.memory(pollId), keys.restoring(pollId))
          .del(rules)
          .hset(rules, 'version', 'gone')
          .pexpire(rules, deletionWithinMs),
      )
      return answers[0] !== 0
    })
    return { voted: voted.includes(true) }
  } catch (error) {
    // What is still away by then lets go by itself: see deletionWithinMs.
    await resumeVoting(lanes, pollId).catch(() => undefined)
    throw error
  }
}

/** Makes room for the poll's rules again, after a deletion that was refused. */
export async function resumeVoting(lanes: Lanes, pollId: string): Promise<void> {
  await onEach(lanes, ({ redis, keys }) => redis.del(keys.rules(pollId)))
}
