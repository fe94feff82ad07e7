/** Carries out a moderator's commands: in Postgres first, with their event, then on Redis. */
import {
  UniqueIntegrityConstraintViolationError,
  type DatabasePool,
  type DatabaseTransactionConnection,
} from 'slonik'
import { v7 as uuidv7 } from 'uuid'
import { nameFrom } from '../../contracts/names.ts'
import type { PollChange } from '../../contracts/events.ts'
import type { CreatePoll, PollRecord } from '../../contracts/poll.ts'
import type { CallRefusal } from '../../contracts/refusals.ts'
import { freeName, nameOptions } from './name-options.ts'
import * as rows from './poll-changes.slonik.ts'
import type { CommandResult, PollCommands } from './poll-commands.ts'
import { lockPoll, readPoll, readPolls, type StoredPoll } from './poll-rows.slonik.ts'

// Votes that were judged up to this long after a scheduled close are in; one that is closed by hand is closed now.
const scheduledGraceMs = 2_000

const no = (reason: CallRefusal): CommandResult => ({ done: false, reason })

export function makePollCommands(parts: {
  readonly pool: DatabasePool
  /** Brings a poll that changed to Redis and to this process. */
  readonly project: (poll: StoredPoll) => Promise<void>
  readonly unproject: (pollId: string) => Promise<void>
  readonly stopVoting: (pollId: string) => Promise<{ voted: boolean }>
  /** Lets voting go on after a deletion that was refused. */
  readonly resumeVoting: (pollId: string) => Promise<void>
  /** Gives Redis back who has voted in a poll that is opened again. */
  readonly remember: (poll: StoredPoll) => Promise<void>
}): PollCommands {
  const { pool, project } = parts

  /** Changes a poll under its lock; `decide` answers the poll as it shall be, a refusal, or null for "as it is". */
  async function alter(
    pollId: string,
    change: PollChange,
    decide: (
      poll: StoredPoll,
      tx: DatabaseTransactionConnection,
    ) => Promise<PollRecord | CallRefusal | null> | PollRecord | CallRefusal | null,
  ): Promise<CommandResult> {
    const result = await refusingTakenSlugs(() =>
      pool.transaction(async (tx): Promise<StoredPoll | CallRefusal> => {
        const poll = await lockPoll(tx, pollId)
        if (poll === null) return 'unknown-poll'
        const wanted = await decide(poll, tx)
        if (wanted === null) return poll
        if (typeof wanted === 'string') return wanted
        await rows.updatePollRow(tx, wanted)
        return noted(tx, pollId, change)
      }),
    )
    if (typeof result === 'string') return no(result)
    await project(result)
    return { done: true, poll: result }
  }

  async function insert(
    asked: Omit<CreatePoll, 'slug'> & {
      readonly slug: string | undefined
      readonly round: number
      readonly previousPollId: string | null
    },
  ): Promise<CommandResult> {
    const options = nameOptions(asked.options)
    if (options === null) return no('bad-input')
    const pollId = uuidv7()
    const wanted = nameFrom(asked.question, 60) || 'poll'
    const taken = asked.slug === undefined ? new Set((await readPolls(pool)).map(({ slug }) => slug)) : null
    const slug = asked.slug ?? freeName(wanted, (name) => taken?.has(name) === true, 64)
    const result = await refusingTakenSlugs(() =>
      pool.transaction(async (tx) => {
        await rows.insertPoll(tx, {
          ...asked,
          ...{ pollId, slug, options },
          ...{ opensAtMs: asked.opensAt ?? null, closesAtMs: asked.closesAt ?? null },
        })
        return noted(tx, pollId, 'created')
      }),
    )
    if (typeof result === 'string') return no(result)
    await project(result)
    return { done: true, poll: result }
  }

  return {
    create: (asked) => insert({ ...asked, slug: asked.slug, round: 1, previousPollId: null }),

    update: (asked) =>
      alter(asked.pollId, 'updated', async (poll, tx) => {
        const wasOpen = poll.everOpened || opensWithinMs(poll, 1_000)
        if (wasOpen && (asked.options !== undefined || asked.opensAt !== undefined)) return 'poll-frozen'
        if (wasOpen && (asked.boxes !== undefined || asked.timeZone !== undefined)) return 'poll-frozen'
        if (poll.state === 'closed' && asked.closesAt !== undefined) return 'poll-state'
        if (asked.boxes !== undefined) await rows.replaceBoxes(tx, poll.pollNo, asked.boxes)
        const opensAtMs = asked.opensAt === undefined ? poll.opensAtMs : asked.opensAt
        const closesAtMs = asked.closesAt === undefined ? poll.closesAtMs : asked.closesAt
        if (opensAtMs !== null && closesAtMs !== null && closesAtMs <= opensAtMs) return 'bad-input'
        if (asked.options !== undefined) {
          const options = nameOptions(asked.options)
          if (options === null) return 'bad-input'
          await rows.replaceOptions(tx, poll.pollNo, options)
        }
        const notYet = opensAtMs === null ? ('draft' as const) : ('scheduled' as const)
        return {
          ...poll,
          slug: asked.slug ?? poll.slug,
          question: asked.question ?? poll.question,
          description: asked.description ?? poll.description,
          visibility: asked.visibility ?? poll.visibility,
          timeZone: asked.timeZone ?? poll.timeZone,
          state: wasOpen ? poll.state : notYet,
          ...{ opensAtMs, closesAtMs },
        }
      }),

    async open({ pollId, closesAt }) {
      const known = await readPoll(pool, pollId)
      // While it is closed nobody is admitted: what is remembered now is whole when voting goes on.
      if (known?.everOpened === true && known.state === 'closed') await parts.remember(known)
      return alter(pollId, known?.everOpened === true ? 'reopened' : 'opened', (poll) => {
        if (poll.state === 'open') return null
        if (poll.state === 'counting' || poll.state === 'certified') return 'poll-state'
        if (poll.revealedAt !== null) return 'poll-state'
        const now = Date.now()
        if (closesAt != null && closesAt <= now) return 'bad-input'
        const closesLater = poll.closesAtMs !== null && poll.closesAtMs > now
        return {
          ...poll,
          state: 'open',
          opensAtMs: poll.everOpened ? poll.opensAtMs : now,
          closesAtMs: closesAt === undefined ? (closesLater ? poll.closesAtMs : null) : closesAt,
          archivedAt: null,
          graceMs: scheduledGraceMs,
        }
      })
    },

    close: (pollId) =>
      alter(pollId, 'closed', (poll) => {
        if (poll.state === 'closed') return null
        if (poll.state !== 'open') return 'poll-state'
        return {
          ...poll,
          state: 'closed',
          closesAtMs: Math.max(Date.now(), (poll.opensAtMs ?? 0) + 1),
          graceMs: 0,
        }
      }),

    reveal: (pollId) =>
      alter(pollId, 'revealed', (poll) => {
        if (poll.visibility !== 'embargo' || !isOver(poll)) return 'poll-state'
        return poll.revealedAt === null ? { ...poll, revealedAt: new Date().toISOString() } : null
      }),

    archive: (pollId) =>
      alter(pollId, 'archived', (poll) => {
        if (poll.state === 'open' || poll.state === 'scheduled') return 'poll-state'
        return poll.archivedAt === null ? { ...poll, archivedAt: new Date().toISOString() } : null
      }),

    unarchive: (pollId) =>
      alter(pollId, 'unarchived', (poll) =>
        poll.archivedAt === null ? null : { ...poll, archivedAt: null },
      ),

    async duplicate({ pollId, isRehearsal, slug }) {
      const original = await readPoll(pool, pollId)
      if (original === null) return no('unknown-poll')
      const { question, description, options, boxes, visibility, timeZone, round } = original
      return insert({
        ...{ question, description, boxes, visibility, timeZone, isRehearsal },
        ...{ slug, options: withoutNulls(options), round: round + 1, previousPollId: pollId },
      })
    },

    async remove(pollId) {
      const poll = await readPoll(pool, pollId)
      if (poll === null) return no('unknown-poll')
      // First nobody can vote any more, then it is certain whether anybody has.
      const { voted } = await parts.stopVoting(pollId)
      const deleted = await pool.transaction(async (tx) => {
        const locked = await lockPoll(tx, pollId)
        if (locked === null || voted || (await rows.hasLedgerRows(tx, locked.pollNo))) return false
        await rows.deletePollRows(tx, locked)
        return true
      })
      if (!deleted) {
        await parts.resumeVoting(pollId)
        const standing = await readPoll(pool, pollId)
        if (standing === null) return no('unknown-poll')
        await project(standing)
        return no('poll-has-votes')
      }
      await parts.unproject(pollId)
      return { done: true, poll }
    },
  }
}

/** A poll that votes may refer to any moment is as frozen as one that is open. */
function opensWithinMs({ state, opensAtMs }: PollRecord, ms: number): boolean {
  return state === 'scheduled' && opensAtMs !== null && opensAtMs <= Date.now() + ms
}

const isOver = ({ state }: PollRecord) => state === 'closed' || state === 'counting' || state === 'certified'

function withoutNulls(options: PollRecord['options']): CreatePoll['options'] {
  return options.map(({ optionId, text, colour, pictureUrl }) => ({
    ...{ optionId, text },
    ...(colour !== null && { colour }),
    ...(pictureUrl !== null && { pictureUrl }),
  }))
}

/** The poll as it now stands, its event stored with it. */
async function noted(
  tx: DatabaseTransactionConnection,
  pollId: string,
  change: PollChange,
): Promise<StoredPoll> {
  const poll = await readPoll(tx, pollId)
  if (poll === null) throw new Error(`poll ${pollId} vanished inside its own transaction`)
  await rows.insertPollEvent(tx, poll, change)
  return poll
}

async function refusingTakenSlugs<T>(work: () => Promise<T>): Promise<T | 'slug-taken'> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UniqueIntegrityConstraintViolationError && error.constraint === 'polls_slug_key') {
      return 'slug-taken'
    }
    throw error
  }
}
