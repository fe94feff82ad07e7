/** Opens and closes polls when their time has come, and brings to Redis what it lacks of Postgres' polls. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import { insertPollEvent } from './poll-changes.slonik.ts'
import { readPoll, readPolls, type StoredPoll } from './poll-rows.slonik.ts'
import type { PollBook } from './poll-book.ts'

const applyEveryMs = 10_000
const lookEveryMs = 500

const changedShape = z.object({ poll_id: z.string() })

/**
 * The rows are the schedule, Postgres' clock decides, and each step names the state that it leaves: any number of
 * gateways may do this at the same time. Votes do not wait for it: the admission script judges by the times.
 */
export function keepSchedule(parts: {
  readonly pool: DatabasePool
  readonly book: Pick<PollBook, 'list' | 'byId'>
  readonly project: (poll: StoredPoll) => Promise<void>
  readonly log: Log
}): AsyncDisposable {
  const { pool, book, project, log } = parts
  let appliedAt = 0
  let isAway = false

  async function apply(): Promise<void> {
    const changed = await pool.transaction(async (tx) => {
      const rows = await tx.any(sql.type(changedShape)`
        update polls set
          state = case when closes_at + grace_ms * interval '1 ms' <= clock_timestamp() then 'closed' else 'open' end,
          ever_opened = true, version = version + 1, rules_version = rules_version + 1, updated_at = now()
        where (state = 'scheduled' and opens_at <= clock_timestamp())
          or (state = 'open' and closes_at + grace_ms * interval '1 ms' <= clock_timestamp())
        returning poll_id`)
      for (const { poll_id: pollId } of rows) {
        const poll = await readPoll(tx, pollId)
        if (poll !== null) await insertPollEvent(tx, poll, poll.state === 'open' ? 'opened' : 'closed')
      }
      return rows.length
    })
    if (changed > 0) log.info({ changed }, 'polls changed by their schedule')
    // What Redis has and can vote by is not written again, unless votes may come: its rules may have been taken away.
    for (const poll of await readPolls(pool)) {
      const mayBeVotedIn = poll.state === 'open' || poll.state === 'scheduled'
      if (mayBeVotedIn || book.byId(poll.pollId)?.version !== poll.version) await project(poll)
    }
    appliedAt = Date.now()
  }

  function isDue(): boolean {
    const now = Date.now()
    return book
      .list()
      .some(
        ({ state, opensAtMs, closesAtMs, graceMs }) =>
          (state === 'scheduled' && opensAtMs !== null && opensAtMs <= now) ||
          (state === 'open' && closesAtMs !== null && closesAtMs + graceMs <= now),
      )
  }

  const loop = repeat(
    lookEveryMs,
    async () => {
      if (!isDue() && Date.now() - appliedAt < applyEveryMs) return
      await apply()
      isAway = false
    },
    (error) => {
      if (!isAway) log.warn({ err: error }, 'could not apply the schedule; trying again')
      isAway = true
    },
  )
  return { [Symbol.asyncDispose]: () => loop.stop() }
}
