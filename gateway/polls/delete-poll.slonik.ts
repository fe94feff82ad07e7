/** Deletes a poll in which nobody has voted. */
import type { DatabasePool } from 'slonik'
import * as rows from './poll-changes.slonik.ts'
import type { CommandResult } from './poll-commands.ts'
import { lockPoll, readPoll, recordOf, type StoredPoll } from './poll-rows.slonik.ts'
import { whileStopped, type VotingSwitch } from './while-stopped.ts'

const votedIn: CommandResult = {
  done: false,
  reason: 'poll-has-votes',
  detail: 'A poll that was voted in cannot be deleted; archivePoll takes it out of the lists.',
}

export async function deletePoll(
  parts: VotingSwitch & {
    readonly pool: DatabasePool
    readonly project: (poll: StoredPoll) => Promise<void>
    readonly unproject: (pollId: string) => Promise<void>
  },
  pollId: string,
): Promise<CommandResult> {
  const { pool } = parts
  const poll = await readPoll(pool, pollId)
  if (poll === null) return { done: false, reason: 'unknown-poll' }
  // A poll on air is not stopped for a question that has its answer already.
  if (await rows.hasLedgerRows(pool, poll.pollNo)) return votedIn
  const remove = (voted: boolean) =>
    pool.transaction(async (tx) => {
      const locked = await lockPoll(tx, pollId)
      if (locked === null || voted || (await rows.hasLedgerRows(tx, locked.pollNo))) return false
      await rows.deletePollRows(tx, locked)
      return true
    })
  // First nobody can vote any more, then it is certain whether anybody has.
  const deleted = await whileStopped(parts, pollId, remove, (isDeleted) => isDeleted)
  if (deleted) {
    await parts.unproject(pollId)
    return { done: true, poll: recordOf(poll) }
  }
  const standing = await readPoll(pool, pollId)
  if (standing === null) return { done: false, reason: 'unknown-poll' }
  await parts.project(standing)
  return votedIn
}
