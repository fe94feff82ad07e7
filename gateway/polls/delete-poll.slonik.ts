/** Deletes a poll in which nobody has voted. */
import type { DatabasePool } from 'slonik'
import * as rows from './poll-changes.slonik.ts'
import type { CommandResult } from './poll-commands.ts'
import { lockPoll, readPoll, recordOf, type StoredPoll } from './poll-rows.slonik.ts'

export async function deletePoll(
  parts: {
    readonly pool: DatabasePool
    readonly project: (poll: StoredPoll) => Promise<void>
    readonly unproject: (pollId: string) => Promise<void>
    readonly stopVoting: (pollId: string) => Promise<{ voted: boolean }>
    readonly resumeVoting: (pollId: string) => Promise<void>
  },
  pollId: string,
): Promise<CommandResult> {
  const { pool } = parts
  const poll = await readPoll(pool, pollId)
  if (poll === null) return { done: false, reason: 'unknown-poll' }
  // First nobody can vote any more, then it is certain whether anybody has.
  const { voted } = await parts.stopVoting(pollId)
  const deleted = await pool.transaction(async (tx) => {
    const locked = await lockPoll(tx, pollId)
    if (locked === null || voted || (await rows.hasLedgerRows(tx, locked.pollNo))) return false
    await rows.deletePollRows(tx, locked)
    return true
  })
  if (deleted) {
    await parts.unproject(pollId)
    return { done: true, poll: recordOf(poll) }
  }
  await parts.resumeVoting(pollId)
  const standing = await readPoll(pool, pollId)
  if (standing === null) return { done: false, reason: 'unknown-poll' }
  await parts.project(standing)
  const detail = 'A poll that was voted in cannot be deleted; archivePoll takes it out of the lists.'
  return { done: false, reason: 'poll-has-votes', detail }
}
