/** Changes one poll under its lock: the row and its event in one transaction, then what Redis knows of it. */
import type { DatabasePool, DatabaseTransactionConnection } from 'slonik'
import type { PollChange } from '../../contracts/events.ts'
import type { PollRecord } from '../../contracts/poll.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import * as rows from './poll-changes.slonik.ts'
import type { CommandResult } from './poll-commands.ts'
import { lockPoll, readPoll, recordOf, type StoredPoll } from './poll-rows.slonik.ts'
import { asRefusal } from './refused-rows.slonik.ts'
import type { No } from './what-may-change.ts'
import { whileStopped, type VotingSwitch } from './while-stopped.ts'

/** The poll as it shall be; `rulesReplaced`: also by other options or boxes, which the decision has written. */
interface Altered {
  readonly to: PollRecord
  readonly change: PollChange
  readonly rulesReplaced?: boolean
}

/** Answers null for "as it is". */
type Decide = (
  poll: StoredPoll,
  tx: DatabaseTransactionConnection,
) => Promise<Altered | No | null> | Altered | No | null

type Alter = (pollId: string, decide: Decide) => Promise<CommandResult>

export function makeAlterPoll(
  parts: VotingSwitch & {
    readonly pool: DatabasePool
    readonly project: (poll: StoredPoll) => Promise<void>
  },
): {
  readonly alter: Alter
  /** The same, while nobody can vote: by the time anyone can, Redis has the new rules. */
  readonly alterStopped: Alter
} {
  const { pool, project } = parts

  async function store(pollId: string, decide: Decide): Promise<StoredPoll | No> {
    try {
      const stored = await pool.transaction(async (tx): Promise<StoredPoll | No> => {
        const poll = await lockPoll(tx, pollId)
        if (poll === null) return { reason: 'unknown-poll', detail: 'There is no such poll.' }
        const altered = await decide(poll, tx)
        if (altered === null) return poll
        if ('reason' in altered) return altered
        await rows.updatePollRow(
          tx,
          altered.to,
          altered.rulesReplaced === true || otherRules(poll, altered.to),
        )
        return rows.noted(tx, pollId, altered.change)
      })
      crashPoint('poll.stored')
      return stored
    } catch (error) {
      return asRefusal(error)
    }
  }

  return {
    async alter(pollId, decide) {
      const result = await store(pollId, decide)
      if ('reason' in result) return { done: false, ...result }
      await project(result)
      return { done: true, poll: recordOf(result) }
    },

    async alterStopped(pollId, decide) {
      const opened: No = { reason: 'poll-frozen', detail: 'The poll has opened: votes were cast in it.' }
      const result = await whileStopped(parts, pollId, (voted) =>
        store(pollId, voted ? () => opened : decide),
      )
      const standing = 'reason' in result ? await readPoll(pool, pollId) : result
      if (standing !== null) await project(standing)
      return 'reason' in result ? { done: false, ...result } : { done: true, poll: recordOf(result) }
    },
  }
}

/** Whether the admission script has to judge by something else: only then a vote under way is judged anew. */
const otherRules = (before: PollRecord, after: PollRecord) =>
  before.state !== after.state ||
  before.opensAtMs !== after.opensAtMs ||
  before.closesAtMs !== after.closesAtMs ||
  before.graceMs !== after.graceMs
