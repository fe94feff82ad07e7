/** The admission script alone on a real Redis: polls of a test's own, votes, and what each of them hears. */
import { randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue, batchShape, type Batch } from '../contracts/batch.ts'
import type { BallotBox, PollRecord, VoteLimit } from '../contracts/poll.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { sliceMs } from '../contracts/remembered.ts'
import { oneLane } from '../gateway/lanes.ts'
import { openAdmission } from '../gateway/ballot/admit.bullmq.ts'
import type { GroupAnswer, GroupVote } from '../gateway/ballot/judged-vote.ts'
import { restoreVotes } from '../gateway/memory/restore-votes.redis.ts'
import type { StoredVote } from '../gateway/memory/votes-to-restore.slonik.ts'
import { makeProjectPoll } from '../gateway/polls/project-poll.redis.ts'
import { redisNow } from '../runtime/redis-clock.redis.ts'
import { connectBoth, log, newPoll, redisUrl } from './live-redis.ts'

export const newVoter = () => randomBytes(16).toString('hex')

export const vote = (poll: PollRecord, changes: Partial<GroupVote> = {}): GroupVote => ({
  ...{ poll, boxNo: 0, optionNo: 0, voterKey: newVoter(), voteId: uuidv7() },
  ...changes,
})

/** A box with so many votes, in the whole poll or in a window; null = no limit. */
export const box = (
  boxId: string,
  votes: number | null,
  perSeconds: VoteLimit['perSeconds'] = null,
): BallotBox => ({
  ...{ boxId, voters: 'device', weight: 5_000 },
  limit: votes === null ? null : { votes, perSeconds },
})

/** A vote as Postgres has it, accepted at that time. */
export const stored = (
  { voterKey, voteId, boxNo, optionNo }: GroupVote,
  acceptedAt: number,
  receipt = { batchId: uuidv7(), position: 0 },
): StoredVote => ({
  ...{ box_no: boxNo, option_no: optionNo, vote_id: voteId, voter_key: voterKey, dedup_key: voteId },
  ...{ accepted_at: acceptedAt, batch_id: receipt.batchId, position: receipt.position },
})

/** `database` is emptied before each rule: no other file may use the same. */
export async function openAdmissionHouse(database: number, mostWaiting: number) {
  await using stack = new AsyncDisposableStack()
  const { redis } = stack.use(await connectBoth({ command: `${redisUrl}/${database}` }))
  const { admit } = stack.use(openAdmission(redis, mostWaiting, log))
  const project = makeProjectPoll(oneLane(redis))
  const ground = { epoch: '', lowestBeat: 1, run: '', accepted: 0 }

  const answers = async (votes: readonly GroupVote[], batchId = uuidv7()) =>
    (await admit(batchId, votes, ground)).answers
  const all = stack.move()
  return {
    ...{ redis, admit, ground, answers },
    /** A new memory that knows nothing. */
    async forget() {
      await redis.flushdb()
      Object.assign(ground, { epoch: uuidv7(), run: uuidv7(), accepted: 0 })
      await redis.mset(redisKeys.epoch, ground.epoch, redisKeys.beat, '1')
    },
    async openPoll(boxes: BallotBox[], changes: Partial<PollRecord> = {}): Promise<PollRecord> {
      const poll = newPoll({ boxes, ...changes })
      await project(poll, true)
      return poll
    },
    project,
    /** As if these votes had been cast at their times; so many are read at once. */
    restore: (poll: PollRecord, votes: readonly StoredVote[], pageSize = 1_000) =>
      restoreVotes(oneLane(redis)[0], poll, {
        async *votesOf() {
          for (let i = 0; i < votes.length; i += pageSize) yield votes.slice(i, i + pageSize)
        },
      }),
    /** What each vote heard: its position where it was accepted, with `again` where it lies in another batch. */
    async heard(votes: readonly GroupVote[], batchId = uuidv7()) {
      return (await answers(votes, batchId)).map((answer) => inWords(answer, batchId))
    },
    /** What each vote heard of its limit. */
    told: async (votes: readonly GroupVote[]) => (await answers(votes)).map(leftOrWhy),
    async jobOf(batchId: string): Promise<Batch | null> {
      const data = await redis.hget(`${batchQueue.prefix}:${batchQueue.name}:${batchId}`, 'data')
      return data === null ? null : batchShape.parse(JSON.parse(data))
    },
    /** Runs it anew where a slice of time ended meanwhile: then what was known before may be forgotten rightly. */
    async withinOneSlice(work: () => Promise<void>): Promise<void> {
      const sliceNo = async () => Math.floor((await redisNow(redis)) / sliceMs)
      for (;;) {
        const before = await sliceNo()
        try {
          return await work()
        } catch (fault) {
          if ((await sliceNo()) === before) throw fault
        }
      }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
export type AdmissionHouse = Awaited<ReturnType<typeof openAdmissionHouse>>

function inWords(answer: GroupAnswer, batchId: string): number | string {
  switch (answer.is) {
    case 'accepted': {
      const { receipt } = answer
      return receipt.batchId === batchId ? receipt.position : `again ${receipt.position}`
    }
    case 'refused':
      return answer.reason
    case 'again':
      return answer.because
  }
}

/** The votes left, or why there was none, with the time of the next. */
export function leftOrWhy(answer: GroupAnswer): number | string | null {
  if (answer.is === 'accepted') return answer.remaining
  if (answer.is === 'again') return answer.because
  return answer.retryAt === undefined ? answer.reason : `${answer.reason} until ${answer.retryAt}`
}
