/** Writes a poll to Redis, where every gateway reads it and the admission script judges by it. */
import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { pollRecordShape, type PollRecord } from '../../contracts/poll.ts'
import { redisChannels, redisKeys } from '../../contracts/redis-keys.ts'
import { slices } from '../../contracts/remembered.ts'
import { isOver } from '../../contracts/what-shows.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaPutPoll(...args: (string | number)[]): Result<unknown, Context>
  }
}

const lua = readFileSync(new URL('put-poll.lua', import.meta.url), 'utf8')
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
export function makeProjectPoll(redis: Redis): (poll: PollRecord, untouched: boolean) => Promise<boolean> {
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
export async function projectAnew(redis: Redis, poll: PollRecord, untouched: boolean): Promise<void> {
  const { keys, args } = putting(poll, untouched)
  const { pollId } = poll
  await execAll(
    redis
      .multi()
      .hdel(redisKeys.polls, pollId)
      .del(redisKeys.rules(pollId))
      .eval(lua, keys.length, ...keys, ...args),
  )
  await redis.publish(redisChannels.polls, pollId)
}

/** What put-poll.lua is given. */
function putting(poll: PollRecord, untouched: boolean): { keys: string[]; args: (string | number)[] } {
  const { pollId } = poll
  const { polls, rules, tally, pollsChanges, memory } = redisKeys
  const record = JSON.stringify(pollRecordShape.parse(poll))
  const forMs = rememberedForMs(poll)
  const remembered = forMs === null ? '' : Math.max(forMs, 1)
  return {
    keys: [polls, rules(pollId), tally(pollId), pollsChanges, memory(pollId)],
    args: [
      ...[pollId, poll.version, poll.rulesVersion, record, untouched ? '1' : '0', remembered],
      ...rulesOf(poll),
    ],
  }
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

/** Takes a deleted poll off Redis for good, and tells. */
export async function unprojectPoll(redis: Redis, pollId: string): Promise<void> {
  const { rules, memory, restoring, recent, tally } = redisKeys
  await execAll(
    redis
      .multi()
      .hdel(redisKeys.polls, pollId)
      .hdel(redisKeys.reconciliation, pollId)
      .incr(redisKeys.pollsChanges)
      .del(rules(pollId), memory(pollId), restoring(pollId), tally(pollId), redisKeys.acceptedOfPoll(pollId))
      .del(...slices.map((slice) => recent(pollId, slice)))
      .hset(rules(pollId), 'version', 'gone')
      .expire(rules(pollId), tombstoneSeconds),
  )
  await redis.publish(redisChannels.polls, pollId)
}

/** Stops all voting in a poll at once and answers whether anybody has voted in it, or is about to. */
export async function stopVoting(redis: Redis, pollId: string): Promise<{ voted: boolean }> {
  const rules = redisKeys.rules(pollId)
  const answers = await execAll(
    redis
      .multi()
      .exists(redisKeys.memory(pollId), redisKeys.restoring(pollId))
      .del(rules)
      .hset(rules, 'version', 'gone')
      .pexpire(rules, deletionWithinMs),
  )
  return { voted: answers[0] !== 0 }
}

/** Makes room for the poll's rules again, after a deletion that was refused. */
export async function resumeVoting(redis: Redis, pollId: string): Promise<void> {
  await redis.del(redisKeys.rules(pollId))
}
