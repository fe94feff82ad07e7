/** Opens and closes polls when their time has come, and brings to Redis what it lacks of Postgres' polls. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import { insertPollEvents } from './poll-changes.slonik.ts'
import { readPollsOf, type StoredPoll } from './poll-rows.slonik.ts'
import type { PollBook } from './poll-book.ts'
import { projectIfFit } from './project-if-fit.ts'
import { stateNow } from './what-may-change.ts'

const applyEveryMs = 10_000
const lookEveryMs = 500

const changedShape = z.object({ poll_id: z.string() })
const standingShape = z.object({
  poll_id: z.string(),
  version: z.number(),
  rules_version: z.number(),
  hash_tags: z.number(),
})

/**
 * The rows are the schedule, Postgres' clock decides, and each step names the state that it leaves: any number of
 * gateways may do this at the same time. Votes do not wait for it: the admission script judges by the times.
 */
export function keepSchedule(parts: {
  readonly pool: DatabasePool
  readonly book: Pick<PollBook, 'list' | 'byId'>
  readonly project: (poll: StoredPoll) => Promise<void>
  /** Of each poll, the lowest version of its rules in its lanes on Redis, null where one has none. */
  readonly rulesOnRedis: (
    polls: readonly { readonly pollId: string; readonly hashTags: number }[],
  ) => Promise<readonly (number | null)[]>
  readonly log: Log
}): AsyncDisposable {
  const { pool, book, project, rulesOnRedis, log } = parts
  let appliedAt = 0
  let isAway = false

  /** A poll whose whole time passed while nobody looked goes straight to its end. */
  async function openAndClose(): Promise<void> {
    const changed = await pool.transaction(async (tx) => {
      const pollIds = await tx.anyFirst(sql.type(changedShape)`
        update polls set
          state = case when closes_at + grace_ms * interval '1 ms' <= clock_timestamp() then 'closed' else 'open' end,
          ever_opened = true, version = version + 1, rules_version = rules_version + 1, updated_at = now()
        where (state = 'scheduled' and opens_at <= clock_timestamp())
          or (state = 'open' and closes_at + grace_ms * interval '1 ms' <= clock_timestamp())
        returning poll_id`)
      if (pollIds.length === 0) return 0
      const polls = await readPollsOf(tx, pollIds)
      await insertPollEvents(
        tx,
        polls.map((poll) => [poll, poll.state === 'open' ? 'opened' : 'closed']),
      )
      return polls.length
    })
    if (changed > 0) log.info({ changed }, 'polls changed by their schedule')
  }

  /** Polls are read whole only where Redis lacks them: a house may have thousands, and this is done all the time. */
  async function bringWhatRedisLacks(): Promise<void> {
    const standing = await pool.any(
      sql.type(standingShape)`select poll_id, version, rules_version, hash_tags from polls`,
    )
    // Rules may be gone though the record stands: who stopped voting may have died before letting it go on.
    const ruled = await rulesOnRedis(
      standing.map((poll) => ({ pollId: poll.poll_id, hashTags: poll.hash_tags })),
    )
    const lacking = standing.filter(
      (poll, i) =>
        (ruled[i] ?? -1) < poll.rules_version || (book.byId(poll.poll_id)?.version ?? -1) < poll.version,
    )
    if (lacking.length === 0) return
    const pollIds = lacking.map((poll) => poll.poll_id)
    const faults: unknown[] = []
    // A poll of which one lane is away keeps no other poll waiting.
    for (const poll of await readPollsOf(pool, pollIds))
      await projectIfFit(project, poll, log).catch((error: unknown) => faults.push(error))
    if (faults.length > 0) throw faults[0]
  }

  const isDue = (now: number) => book.list().some((poll) => stateNow(poll, now) !== poll.state)

  const loop = repeat(
    lookEveryMs,
    async () => {
      if (!isDue(Date.now()) && Date.now() - appliedAt < applyEveryMs) return
      await openAndClose()
      await bringWhatRedisLacks()
      appliedAt = Date.now()
      isAway = false
    },
    (error) => {
      if (!isAway) log.warn({ err: error }, 'could not apply the schedule; trying again')
      isAway = true
    },
  )
  return { [Symbol.asyncDispose]: () => loop.stop() }
}
