/** Opens the ballot: what takes a vote from the door into the queue. */
import type { Redis } from 'ioredis'
import type { Counter, Histogram } from 'prom-client'
import { groupSize } from '../../contracts/batch.ts'
import type { CastVote, VoteAnswer } from '../../contracts/vote.ts'
import { makeGroupCommit } from '../../runtime/group-commit.ts'
import type { Log } from '../../runtime/log.ts'
import type { RunState } from '../memory/mirror-runs.slonik.ts'
import type { PollBook } from '../polls/poll-book.ts'
import { makeAdmit } from './admit.redis.ts'
import { makeCastVote } from './cast-vote.ts'
import { makeCommitGroup, type KnownMemory } from './commit-group.ts'
import { makeEnqueuer } from './enqueue.bullmq.ts'
import type { GroupAnswer, GroupVote } from './judged-vote.ts'

export function openBallot(
  stack: AsyncDisposableStack,
  parts: {
    /** A connection of the ballot's own. */
    readonly redis: Redis
    readonly book: Pick<PollBook, 'byId'>
    readonly memory: KnownMemory
    readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
    readonly refreshRules: (pollId: string) => Promise<void>
    readonly noteRun: (state: RunState) => void
    readonly mostWaiting: number
    readonly mostHeld: number
    readonly log: Log
    readonly metrics: { readonly answers: Counter<'answer'>; readonly groups: Histogram }
  },
): {
  readonly castVote: (sessionId: string, vote: CastVote) => Promise<VoteAnswer>
  readonly held: () => number
} {
  const { log, metrics } = parts
  const enqueuer = stack.use(makeEnqueuer(parts.redis, log))
  const group = makeGroupCommit<GroupVote, GroupAnswer>({
    most: groupSize,
    commit: makeCommitGroup({
      memory: parts.memory,
      admit: makeAdmit(parts.redis, parts.mostWaiting),
      enqueuer,
      onBatch(state, size) {
        parts.noteRun(state)
        metrics.groups.observe(size)
      },
    }),
  })
  // Nothing comes in any more when this is closed: what was taken in is finished first.
  stack.defer(() => group.drained())
  const castVote = makeCastVote({
    book: parts.book,
    voterKey: parts.voterKey,
    join: group.add,
    held: group.held,
    mostHeld: parts.mostHeld,
    refreshRules: parts.refreshRules,
    log: (error) => log.warn({ err: error }, 'a vote was left without a clear answer'),
  })
  return {
    async castVote(sessionId, vote) {
      const answer = await castVote(sessionId, vote)
      metrics.answers.inc({ answer: answer.accepted ? 'accepted' : answer.reason })
      return answer
    },
    held: group.held,
  }
}
