/** Opens the ballot: what takes a vote from the door into the queue. */
import type { Histogram } from 'prom-client'
import { groupSize } from '../../contracts/batch.ts'
import { laneOfVoter } from '../../contracts/lanes.ts'
import type { CastVote, VoteAnswer } from '../../contracts/vote.ts'
import { makeGroupCommit } from '../../runtime/group-commit.ts'
import type { Log } from '../../runtime/log.ts'
import { tellOutage } from '../../runtime/tell-outage.ts'
import type { Lane } from '../lanes.ts'
import type { CompleteReceipts } from '../receipts/complete-receipts.ts'
import type { RunState } from '../memory/mirror-runs.slonik.ts'
import type { PollBook } from '../polls/poll-book.ts'
import type { Voter } from '../sessions/voter.ts'
import { openAdmission } from './admit.bullmq.ts'
import { makeCastVote } from './cast-vote.ts'
import { makeCommitGroup, type KnownMemory } from './commit-group.ts'
import type { GroupAnswer, GroupVote } from './judged-vote.ts'

// A group costs about as much as 20 votes: under load it waits until it is worth its price. 60 ms is nothing to a
// person who taps, and nobody waits when it is quiet.
const pace = { enough: 250, pauseMs: 60 }

// A vote that Redis leaves without an answer for this long is given back to the voter as "send it again": the same
// voteId then finds what became of it.
const late = {
  withinMs: 10_000,
  answer: (): GroupAnswer => ({ is: 'refused', reason: 'unavailable' }),
}

export function openBallot(
  stack: AsyncDisposableStack,
  parts: {
    /** Each with a connection of the ballot's own, and with its memory. */
    readonly lanes: readonly (Lane & { readonly memory: KnownMemory })[]
    readonly book: Pick<PollBook, 'byId'>
    readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
    readonly refreshRules: (pollId: string) => Promise<void>
    readonly noteRun: (state: RunState) => void
    readonly complete: CompleteReceipts
    readonly mostWaiting: number
    readonly mostHeld: number
    readonly isRedisFull: () => boolean
    readonly log: Log
    readonly groups: Histogram
  },
): {
  readonly castVote: (voter: Voter, vote: CastVote) => Promise<VoteAnswer>
  readonly held: () => number
  /** How many votes were told what, by answer. */
  readonly answers: ReadonlyMap<string, number>
} {
  const { log } = parts
  // Each lane has its share of the house's room and of this process' memory: one that is away fills no other's.
  const share = (whole: number) => Math.floor(whole / parts.lanes.length)
  const groups = parts.lanes.map(({ no, redis, memory }) => {
    const { admit } = stack.use(openAdmission(redis, share(parts.mostWaiting), log, no))
    const outage = tellOutage(log, {
      gone: 'Redis judges no votes for now: their voters hear "unavailable" and send them again',
      back: 'Redis judges votes again',
    })
    const commitGroup = makeCommitGroup({
      ...{ memory, admit, complete: parts.complete },
      redisIsThere: () => redis.status === 'ready',
      onBatch(state, size) {
        parts.noteRun(state)
        parts.groups.observe(size)
      },
      onUnclear: (error) => outage.failed(error, { lane: no }),
    })
    const group = makeGroupCommit<GroupVote, GroupAnswer>({
      most: groupSize,
      ...{ pace, late },
      async commit(votes) {
        try {
          const answers = await commitGroup(votes)
          if (answers.some(({ is }) => is !== 'again')) outage.works()
          return answers
        } catch (error) {
          outage.failed(error, { lane: no })
          return votes.map(late.answer)
        }
      },
    })
    // Nothing comes in any more when this is closed: what was taken in is finished first.
    stack.defer(() => group.drained())
    return group
  })
  const mostOfLane = share(parts.mostHeld)
  const join = async (vote: GroupVote): Promise<GroupAnswer> => {
    const group = groups[laneOfVoter(vote.voterKey, vote.poll.hashTags)]
    // The poll is spread over more lanes than this process was started with.
    if (group === undefined) return late.answer()
    return group.held() < mostOfLane ? group.add(vote) : { is: 'refused', reason: 'queue-full' }
  }
  const [only] = groups
  const held =
    groups.length === 1 && only ? only.held : () => groups.reduce((sum, its) => sum + its.held(), 0)
  const castVote = makeCastVote({
    book: parts.book,
    voterKey: parts.voterKey,
    // A house of one lane, or a poll that is in the first alone: nothing is looked up for a vote.
    join: (vote) => (vote.poll.hashTags === 1 && groups.length === 1 && only ? only.add(vote) : join(vote)),
    hasRoom: () => held() < parts.mostHeld && !parts.isRedisFull(),
    refreshRules: parts.refreshRules,
    log: (error) => log.warn({ err: error }, 'a vote was left without a clear answer'),
  })
  const answers = new Map<string, number>()
  const count = (answer: VoteAnswer) => {
    const told = answer.accepted ? 'accepted' : answer.reason
    answers.set(told, (answers.get(told) ?? 0) + 1)
    return answer
  }
  return {
    castVote: (voter, vote) => castVote(voter, vote).then(count),
    held,
    answers,
  }
}
