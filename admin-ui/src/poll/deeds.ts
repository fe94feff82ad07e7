/** What a moderator can do to a poll now, and what not yet, with the reason. */
import { isOver, type PollParts } from '../polls/poll-parts.ts'

export type Deed =
  | ('open' | 'extend' | 'close' | 'reopen' | 'reveal')
  | 'certify'
  | ('archive' | 'unarchive' | 'duplicate' | 'rehearse' | 'delete')

type JudgedPoll = Pick<PollParts, 'state' | 'visibility' | 'revealedAt' | 'archivedAt'>

const archived = 'Archived: take it out of the archive first.'

/**
 * Null: may be done. A text: what stands against it. Undefined: makes no sense for this poll, so nobody looks for it.
 * `votes` null: not known yet.
 */
export function whatAgainst(
  deed: Deed | 'edit',
  poll: JudgedPoll,
  votes: number | null,
): string | null | undefined {
  const { state, visibility, revealedAt, archivedAt } = poll
  switch (deed) {
    case 'open':
      if (state !== 'draft' && state !== 'scheduled') return undefined
      return archivedAt === null ? null : archived
    case 'extend':
    case 'close':
      return state === 'open' ? null : undefined
    case 'reopen':
      if (state !== 'closed') return undefined
      if (revealedAt !== null)
        return 'Its result was revealed: votes that came now would know it. Duplicate the poll to vote again.'
      return archivedAt === null ? null : archived
    case 'certify':
      return state === 'closed' ? null : undefined
    case 'edit':
      if (state === 'certified') return undefined
      return archivedAt === null ? null : archived
    case 'reveal':
      if (visibility !== 'embargo' || revealedAt !== null) return undefined
      return isOver(poll) ? null : 'A result can be revealed once the poll is over.'
    case 'archive':
      if (archivedAt !== null) return undefined
      if (state === 'open') return 'An open poll cannot be archived: close it first.'
      return state === 'scheduled'
        ? 'A scheduled poll cannot be archived: take its opening time away first, or delete it.'
        : null
    case 'unarchive':
      return archivedAt === null ? undefined : null
    case 'duplicate':
    case 'rehearse':
      return null
    case 'delete':
      return votes !== null && votes > 0
        ? 'A poll with votes cannot be deleted: its votes would vanish. Archive it instead.'
        : null
    default:
      return deed satisfies never
  }
}
