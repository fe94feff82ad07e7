/** Carries out a moderator's commands: in Postgres first, with their event, then on Redis. */
import type { DatabasePool } from 'slonik'
import { nameFrom } from '../../contracts/names.ts'
import type { PollRecord } from '../../contracts/poll.ts'
import { makeAlterPoll } from './alter-poll.slonik.ts'
import { deletePoll } from './delete-poll.slonik.ts'
import { makeMakePoll } from './make-poll.slonik.ts'
import { nameOptions } from './name-options.ts'
import * as rows from './poll-changes.slonik.ts'
import type { PollCommands } from './poll-commands.ts'
import { readPoll, type StoredPoll } from './poll-rows.slonik.ts'
import * as may from './what-may-change.ts'
import type { VotingSwitch } from './while-stopped.ts'

// Votes that were judged up to this long after a scheduled close are in; one that is closed by hand is closed now.
const scheduledGraceMs = 2_000
// A change that died on its way to Redis is there after the 10 s of the schedule: sooner than that, its opening waits.
const opensSoonMs = 15_000

export function makePollCommands(
  parts: VotingSwitch & {
    readonly pool: DatabasePool
    /** Brings a poll that changed to Redis and to this process. */
    readonly project: (poll: StoredPoll) => Promise<void>
    readonly unproject: (pollId: string) => Promise<void>
    /** Gives Redis back who has voted in a poll that was closed, then opens it. */
    readonly reopen: <T>(poll: PollRecord, open: () => Promise<T>) => Promise<T>
  },
): PollCommands {
  const { pool } = parts
  const { alter, alterStopped } = makeAlterPoll(parts)
  const makePoll = makeMakePoll(parts)

  return {
    create: (asked) => makePoll({ ...asked, round: 1, previousPollId: null }),

    async update(asked) {
      const known = await readPoll(pool, asked.pollId)
      // Old rules that are still on Redis when the poll opens would be voted by.
      const isSoon = known?.state === 'scheduled' && (known.opensAtMs ?? 0) <= Date.now() + opensSoonMs
      const changesRules = [asked.opensAt, asked.options, asked.boxes].some((its) => its !== undefined)
      const change = isSoon && changesRules ? alterStopped : alter
      return change(asked.pollId, async (poll, tx) => {
        const now = Date.now()
        const no = may.whyNotUpdate(poll, asked, now)
        if (no !== null) return no
        if (asked.boxes !== undefined) await rows.replaceBoxes(tx, poll.pollNo, asked.boxes)
        if (asked.options !== undefined)
          await rows.replaceOptions(tx, poll.pollNo, nameOptions(asked.options))
        const opensAtMs = asked.opensAt === undefined ? poll.opensAtMs : asked.opensAt
        const closesAtMs = asked.closesAt === undefined ? poll.closesAtMs : asked.closesAt
        const notYet = opensAtMs === null ? ('draft' as const) : ('scheduled' as const)
        return {
          change: poll.state === 'open' ? moved(poll.closesAtMs, closesAtMs) : 'updated',
          rulesReplaced: asked.boxes !== undefined || asked.options !== undefined,
          to: {
            ...poll,
            slug: asked.slug ?? poll.slug,
            question: asked.question ?? poll.question,
            description: asked.description ?? poll.description,
            visibility: asked.visibility ?? poll.visibility,
            timeZone: asked.timeZone ?? poll.timeZone,
            state: may.isFrozen(poll, now) ? poll.state : notYet,
            ...{ opensAtMs, closesAtMs },
          },
        }
      })
    },

    async open(asked) {
      const open = () =>
        alter(asked.pollId, (poll) => {
          const now = Date.now()
          const no = may.whyNotOpen(poll, asked, now)
          if (no !== null) return no
          if (may.stateNow(poll, now) === 'open') return null
          const stands = poll.closesAtMs !== null && poll.closesAtMs > now ? poll.closesAtMs : null
          const to = {
            ...poll,
            state: 'open' as const,
            opensAtMs: poll.everOpened ? poll.opensAtMs : now,
            closesAtMs: asked.closesAt === undefined ? stands : asked.closesAt,
            graceMs: scheduledGraceMs,
          }
          return { to, change: poll.everOpened ? 'reopened' : 'opened' }
        })
      const known = await readPoll(pool, asked.pollId)
      // While it is closed nobody is admitted: what is remembered now is whole when voting goes on.
      const isAgain = known?.state === 'closed' && may.whyNotOpen(known, asked, Date.now()) === null
      return isAgain ? parts.reopen(known, open) : open()
    },

    close: (pollId) =>
      alter(pollId, (poll) => {
        const now = Date.now()
        const no = may.whyNotClose(poll, now)
        if (no !== null) return no
        if (may.stateNow(poll, now) === 'closed') return null
        const closesAtMs = Math.max(now, (poll.opensAtMs ?? 0) + 1)
        return { to: { ...poll, state: 'closed', closesAtMs, graceMs: 0 }, change: 'closed' }
      }),

    certify: (pollId) =>
      alter(pollId, async (poll, tx) => {
        const no = may.whyNotCertify(poll, Date.now())
        if (no !== null) return no
        if (poll.state !== 'closed') return null
        await rows.insertCertification(tx, poll.pollNo)
        return { to: { ...poll, state: 'counting' }, change: 'counting' }
      }),

    reveal: (pollId) =>
      alter(pollId, (poll) => {
        const now = Date.now()
        const no = may.whyNotReveal(poll, now)
        if (no !== null) return no
        if (poll.revealedAt !== null) return null
        return { to: { ...poll, revealedAt: new Date(now).toISOString() }, change: 'revealed' }
      }),

    archive: (pollId) =>
      alter(pollId, (poll) => {
        const now = Date.now()
        const no = may.whyNotArchive(poll, now)
        if (no !== null) return no
        if (poll.archivedAt !== null) return null
        return { to: { ...poll, archivedAt: new Date(now).toISOString() }, change: 'archived' }
      }),

    unarchive: (pollId) =>
      alter(pollId, (poll) =>
        poll.archivedAt === null ? null : { to: { ...poll, archivedAt: null }, change: 'unarchived' },
      ),

    async duplicate({ pollId, isRehearsal, slug }) {
      const original = await readPoll(pool, pollId)
      if (original === null) return { done: false, reason: 'unknown-poll' }
      const { question, description, options, boxes, visibility, timeZone } = original
      // A rehearsal is of the round that is coming, and the round itself comes after it.
      const isNextRound = !isRehearsal && !original.isRehearsal
      const name = original.slug.replace(/-rehearsal(?:-\d+)?$/, '')
      return makePoll({
        ...{ question, description, boxes, visibility, timeZone, isRehearsal, slug },
        ...{ options: options.map(withoutNulls), previousPollId: pollId },
        round: original.round + (isNextRound ? 1 : 0),
        wantedSlug: isRehearsal ? `${nameFrom(name, 50)}-rehearsal` : name,
      })
    },

    remove: (pollId) => deletePoll(parts, pollId),
  }
}

/** What is done to an open poll by the time at which it closes now; null = until it is closed by hand. */
function moved(from: number | null, to: number | null): 'extended' | 'shortened' | 'updated' {
  if (from === to) return 'updated'
  return (to ?? Infinity) > (from ?? Infinity) ? 'extended' : 'shortened'
}

/** An option as it is asked for: what it has none of is left out. */
const withoutNulls = ({ optionId, text, colour, pictureUrl }: StoredPoll['options'][number]) => ({
  ...{ optionId, text },
  ...(colour !== null && { colour }),
  ...(pictureUrl !== null && { pictureUrl }),
})
