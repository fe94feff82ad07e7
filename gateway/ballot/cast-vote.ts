/** What `vote.cast` does: finds what the vote is for, joins the next group, and says what became of it. */
import { voteRefusals, type VoteRefusal } from '../../contracts/refusals.ts'
import type { CastVote, VoteAnswer } from '../../contracts/vote.ts'
import type { PollBook } from '../polls/poll-book.ts'
import { identityFor, type Voter } from '../sessions/voter.ts'
import { rest } from '../../runtime/rest.ts'
import type { GroupAnswer, GroupVote } from './judged-vote.ts'

// The ground changes rarely and for a moment; a vote that finds it changed this often is given back as well.
const mostJudgings = 20

/** How a refusal leaves; `retryAt` in epoch ms. */
export function refusal(reason: VoteRefusal, retryAt?: number): VoteAnswer {
  const message = voteRefusals[reason].says
  const when = retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString() }
  return { accepted: false, reason, message, ...when }
}

export function makeCastVote(parts: {
  readonly book: Pick<PollBook, 'byId'>
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  /** Adds a vote to the next group. */
  readonly join: (vote: GroupVote) => Promise<GroupAnswer>
  /** Whether one more vote may be held, and Redis is not so full that it might not take it. */
  readonly hasRoom: () => boolean
  /** Resolves when the rules of a poll were read afresh. */
  readonly refreshRules: (pollId: string) => Promise<void>
  readonly log: (error: unknown) => void
}): (voter: Voter, vote: CastVote) => Promise<VoteAnswer> {
  const { book, voterKey, join, hasRoom, refreshRules } = parts

  /** Spreads those who were refused together over the next 1 to 3 s. */
  const later = () => Date.now() + 1_000 + Math.random() * 2_000

  async function judge(voter: Voter, vote: CastVote): Promise<VoteAnswer> {
    for (let judgings = 0; judgings < mostJudgings; judgings++) {
      const poll = book.byId(vote.pollId)
      if (poll === null || poll.state === 'draft') return refusal('unknown-poll')
      const boxNo = boxNumber(poll.boxes, vote.box)
      const box = poll.boxes[boxNo]
      if (box === undefined) return refusal(vote.box === undefined ? 'box-needed' : 'unknown-box')
      const identity = identityFor(box.voters, voter)
      if (identity === null) return refusal('identity-needed')
      const optionNo = poll.options.findIndex(({ optionId }) => optionId === vote.optionId)
      if (optionNo < 0) return refusal('unknown-option')

      const key = voterKey(poll.keyVersion, poll.pollId, box.voters, identity)
      const answer = await join({ poll, boxNo, optionNo, voterKey: key, voteId: vote.voteId })
      switch (answer.is) {
        case 'accepted':
          return {
            accepted: true,
            voteId: vote.voteId,
            acceptedAt: new Date(answer.acceptedAt).toISOString(),
            remaining: answer.remaining,
            receipt: answer.receipt,
          }
        case 'refused':
          return refusal(answer.reason, comesBackLater(answer.reason) ? later() : answer.retryAt)
        case 'again':
          if (answer.because === 'rules-changed') await refreshRules(poll.pollId)
          await rest(25 + Math.random() * 50)
      }
    }
    return refusal('unavailable', later())
  }

  return async (voter, vote) => {
    if (!hasRoom()) return refusal('queue-full', later())
    try {
      return await judge(voter, vote)
    } catch (error) {
      parts.log(error)
      return refusal('unavailable', later())
    }
  }
}

const comesBackLater = (reason: VoteRefusal) => reason === 'queue-full' || reason === 'unavailable'

/** A poll with one box needs no name of it; -1 where there is no such box. */
function boxNumber(boxes: readonly { readonly boxId: string }[], asked: string | undefined): number {
  if (asked === undefined) return boxes.length === 1 ? 0 : -1
  return boxes.findIndex(({ boxId }) => boxId === asked)
}
