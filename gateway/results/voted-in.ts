/** Finds the polls that a request names and whose counts its voter may see for having voted there. */
import type { PollRecord } from '../../contracts/poll.ts'
import { dependsOnVoting } from '../../contracts/what-shows.ts'
import type { PollBook } from '../polls/poll-book.ts'
import type { ReadSession } from '../sessions/session-tokens.ts'
import { keysInPoll } from '../sessions/keys-in-poll.ts'
import type { Voter } from '../sessions/voter.ts'
import type { HasVoted } from './has-voted.redis.ts'

/** Rejects while nobody can say. `text`: the query and its variables. */
export type VotedIn = (text: string, token: string | null) => Promise<ReadonlySet<string>>

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
// An operation has 10 aliases at most, so it cannot ask for the counts of more polls than these.
const mostNamed = 20
const none: ReadonlySet<string> = new Set()

/**
 * Costs nothing where no such poll is named. An id that is written otherwise (escaped, say) is not found: its reader is
 * then a stranger, who sees less.
 */
export function makeVotedIn(parts: {
  readonly polls: Pick<PollBook, 'byId'>
  readonly readSession: (token: string | null) => ReadSession
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly hasVoted: HasVoted
}): VotedIn {
  const { polls, readSession, voterKey, hasVoted } = parts

  const namedIn = (text: string): PollRecord[] => {
    const ids = new Set(text.match(uuid)?.map((id) => id.toLowerCase()))
    const named = [...ids].flatMap((id) => polls.byId(id) ?? []).filter(dependsOnVoting)
    return named.slice(0, mostNamed)
  }
  const keysOf = (poll: PollRecord, voter: Voter): string[] =>
    keysInPoll(poll, voter, voterKey).map(({ key }) => key)

  return async (text, token) => {
    const named = namedIn(text)
    if (named.length === 0) return none
    const session = readSession(token)
    if (!session.genuine) return none
    const voted = await Promise.all(named.map((poll) => hasVoted(poll.pollId, keysOf(poll, session.voter))))
    return new Set(named.filter((_, i) => voted[i]).map(({ pollId }) => pollId))
  }
}
