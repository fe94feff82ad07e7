/** What `vote.allowance` does: tells a voter what is left to do in a poll. */
import type { BallotBox } from '../../contracts/poll.ts'
import type { RememberedVote } from '../../contracts/remembered.ts'
import type { Allowance } from '../../contracts/vote.ts'
import type { PollBook } from '../polls/poll-book.ts'
import { keysInPoll } from '../sessions/keys-in-poll.ts'
import type { Voter } from '../sessions/voter.ts'

/** What Redis remembers of one voter in a poll. */
export interface RememberedVoter {
  readonly hasVoted: boolean
  /** Those that count to a limit. */
  readonly votes: readonly RememberedVote[]
}

export function makeAllowance(parts: {
  readonly book: Pick<PollBook, 'byId'>
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly rememberedOf: (pollId: string, voterKey: string) => Promise<RememberedVoter>
  /** The clock that votes are judged by, epoch ms. */
  readonly now: () => Promise<number>
}): (voter: Voter, pollId: string) => Promise<Allowance | null> {
  return async (voter, pollId) => {
    const poll = parts.book.byId(pollId)
    if (poll === null || poll.state === 'draft') return null
    const known = new Map<BallotBox['voters'], RememberedVoter>()
    for (const { voters, key } of keysInPoll(poll, voter, parts.voterKey)) {
      known.set(voters, await parts.rememberedOf(pollId, key))
    }
    const now = await parts.now()
    return {
      hasVoted: [...known.values()].some(({ hasVoted }) => hasVoted),
      boxes: poll.boxes.map((box, boxNo) => {
        const its = known.get(box.voters)
        const left = leftIn(
          box,
          (its?.votes ?? []).filter((vote) => vote.boxNo === boxNo),
          now,
        )
        return { boxId: box.boxId, mayVote: its !== undefined, ...left }
      }),
    }
  }
}

/** As the admission script reckons it: see admit.lua. */
function leftIn(
  { limit }: BallotBox,
  votes: readonly RememberedVote[],
  now: number,
): { readonly remaining: number | null; readonly nextAt: string | null } {
  if (limit === null) return { remaining: null, nextAt: null }
  const windowMs = limit.perSeconds === null ? null : limit.perSeconds * 1_000
  const used = votes
    .map(({ acceptedAt }) => acceptedAt)
    .filter((at) => windowMs === null || at > now - windowMs)
    .sort((a, b) => a - b)
  const remaining = Math.max(0, limit.votes - used.length)
  const oldest = used.at(-limit.votes)
  if (remaining > 0 || windowMs === null || oldest === undefined) return { remaining, nextAt: null }
  return { remaining, nextAt: new Date(oldest + windowMs).toISOString() }
}
