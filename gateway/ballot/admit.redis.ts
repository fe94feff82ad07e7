/** Asks the admission script to judge a group of votes. */
import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { voteRefusals, type VoteRefusal } from '../../contracts/refusals.ts'
import { MemoryChanged, type GroupVote, type Verdict } from './judged-vote.ts'
import { z } from 'zod'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaAdmit(...args: (string | number)[]): Result<unknown, Context>
  }
}

const lua = readFileSync(new URL('admit.lua', import.meta.url), 'utf8')
const answersShape = z.array(z.string())

/** Which memory is expected, and how many votes may wait in it. */
export interface Ground {
  readonly epoch: string
  readonly lowestBeat: number
  readonly run: string
  /** What the run has put into jobs so far. */
  readonly accepted: number
}

/** The polls of a group, each once, and for each vote the number of its poll (1 = first). */
export function pollsOf(votes: readonly GroupVote[]): { polls: GroupVote['poll'][]; numbers: number[] } {
  const polls: GroupVote['poll'][] = []
  const numberOf = new Map<string, number>()
  const numbers = votes.map(({ poll }) => {
    let number = numberOf.get(poll.pollId)
    if (number === undefined) {
      number = polls.push(poll)
      numberOf.set(poll.pollId, number)
    }
    return number
  })
  return { polls, numbers }
}

/** Throws MemoryChanged; any other fault leaves unclear whether the script ran. */
export function makeAdmit(
  redis: Redis,
  mostWaiting: number,
): (votes: readonly GroupVote[], ground: Ground) => Promise<Verdict[]> {
  redis.defineCommand('urnaAdmit', { lua })
  return async (votes, { epoch, lowestBeat, run, accepted }) => {
    const { polls, numbers } = pollsOf(votes)
    const keys: string[] = [
      redisKeys.epoch,
      redisKeys.beat,
      redisKeys.admitted,
      redisKeys.received,
      redisKeys.reserved,
    ]
    for (const { pollId } of polls) {
      keys.push(redisKeys.rules(pollId), redisKeys.memory(pollId), redisKeys.used(pollId))
    }
    const args: (string | number)[] = [epoch, lowestBeat, mostWaiting, run, accepted, polls.length]
    for (const { rulesVersion } of polls) args.push(rulesVersion)
    votes.forEach((vote, i) => {
      args.push(numbers[i] ?? 0, vote.boxNo, vote.optionNo, vote.voterKey, vote.voteId)
    })
    const answers = answersShape.parse(await redis.urnaAdmit(keys.length, ...keys, ...args))
    if (answers[0] === 'memory') throw new MemoryChanged()
    return answers.slice(2).map(readVerdict)
  }
}

function readVerdict(text: string): Verdict {
  const [kind, first = '', batchId = '', position = ''] = text.split('|')
  switch (kind) {
    case 'a':
    case 'p':
      return { is: 'to-enqueue', acceptedAt: Number(first) }
    case 'q':
      return { is: 'queued', acceptedAt: Number(first), receipt: { batchId, position: Number(position) } }
    case 's':
      return { is: 'same', place: Number(first) - 1 }
    case 'v':
      return { is: 'rules-changed' }
    case 'r':
      return {
        is: 'refused',
        reason: readReason(first),
        ...(batchId !== '' && { retryAt: Number(batchId) }),
      }
    default:
      throw new Error(`the admission script answered ${text}`)
  }
}

function readReason(text: string): VoteRefusal {
  if (!Object.hasOwn(voteRefusals, text)) throw new Error(`the admission script refused with ${text}`)
  return text as VoteRefusal
}
