/** Makes a poll: gives it its names, stores it with its event, and brings it to Redis. */
import type { DatabasePool } from 'slonik'
import { v7 as uuidv7 } from 'uuid'
import { nameFrom } from '../../contracts/names.ts'
import type { CreatePoll } from '../../contracts/poll.ts'
import { freeName, nameOptions } from './name-options.ts'
import * as rows from './poll-changes.slonik.ts'
import type { CommandResult } from './poll-commands.ts'
import { recordOf, type StoredPoll } from './poll-rows.slonik.ts'
import { asRefusal, isTakenSlug, takenPollId } from './refused-rows.slonik.ts'
import { whyNotThen } from './what-may-change.ts'

// As long as a slug may be.
const slugLength = 64
// Others may take the name that was free a moment ago, many at a time.
const mostTries = 10

/** `wantedSlug`: what the poll is called where no slug is asked for, as far as it is free. */
export interface PollToMake extends Omit<CreatePoll, 'slug'> {
  readonly slug?: string | undefined
  readonly wantedSlug?: string
  readonly round: number
  readonly previousPollId: string | null
}

export function makeMakePoll(parts: {
  readonly pool: DatabasePool
  readonly project: (poll: StoredPoll) => Promise<void>
}): (asked: PollToMake) => Promise<CommandResult> {
  const { pool, project } = parts

  async function freeSlug(asked: PollToMake): Promise<string> {
    const wanted = asked.wantedSlug ?? (nameFrom(asked.question, 60) || 'poll')
    const taken = new Set(await rows.slugsLike(pool, wanted.slice(0, slugLength - '-99999'.length)))
    return freeName(wanted, (name) => taken.has(name), slugLength)
  }

  function store(asked: PollToMake, slug: string): Promise<StoredPoll> {
    const pollId = asked.pollId ?? uuidv7()
    const named = { ...asked, pollId, slug, options: nameOptions(asked.options) }
    return pool.transaction(async (tx) => {
      const times = { opensAtMs: asked.opensAt ?? null, closesAtMs: asked.closesAt ?? null }
      await rows.insertPoll(tx, { ...named, ...times })
      return rows.noted(tx, pollId, 'created')
    })
  }

  return async (asked) => {
    const no = whyNotThen(asked, { opensAtMs: null, closesAtMs: null }, Date.now())
    if (no !== null) return { done: false, ...no }
    if (asked.pollId !== undefined && (await rows.wasEver(pool, asked.pollId)))
      return { done: false, ...takenPollId }
    for (let tries = 1; ; tries++) {
      try {
        const poll = await store(asked, asked.slug ?? (await freeSlug(asked)))
        await project(poll)
        return { done: true, poll: recordOf(poll) }
      } catch (error) {
        if (asked.slug === undefined && isTakenSlug(error) && tries < mostTries) continue
        return { done: false, ...asRefusal(error) }
      }
    }
  }
}
