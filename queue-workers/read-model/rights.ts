/** Who may see what of a poll's counts, by what the read model was told of the poll. */
import type { Poll } from '../../contracts/poll.ts'
import { whatShows, type Reader, type Shows } from '../../contracts/what-shows.ts'

/** Who reads here brings the admin token or nothing: that he has voted is for the gateway to know. */
export type ModelReader = Exclude<Reader, 'voter'>

/** Null: for this reader there is no such poll. */
export function showsOf(
  poll: Pick<Poll, 'visibility' | 'state' | 'revealedAt'> | null,
  reader: ModelReader,
): Shows | null {
  // A draft is nobody's business but the moderators'.
  if (poll === null || (poll.state === 'draft' && reader !== 'moderator')) return null
  return whatShows(poll, reader)
}
