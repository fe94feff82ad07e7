/** Ever new voters who retry until they are told; each keeps a log of its own of all that it sent and heard. */
import { v7 as uuidv7 } from 'uuid'
import { memoryStorage } from '../../contracts/client-storage.ts'
import { makeUrnaClient, type UrnaClient } from '../../contracts/client.ts'
import type { VoteAnswer } from '../../contracts/vote.ts'
import { makeSessions } from '../../gateway/sessions/session-tokens.ts'
import { rest } from '../../runtime/rest.ts'
import type { Chance } from '../generated-calls.ts'
import { faultText } from './fault-text.ts'

export interface ChaosPoll {
  readonly pollId: string
  readonly name: string
  /** Votes that a voter may have in it; null = any number. */
  readonly limit: number | null
  readonly optionIds: readonly string[]
}

/** One try of a vote: `status` is of its HTTP answer, null where none came. */
interface Send {
  readonly at: number
  readonly door: number
  doneAt: number | null
  status: number | null
  why: string | null
}

/** One vote of one voter, as the voter knows it. */
export interface LoggedVote {
  readonly voteId: string
  readonly voter: number
  readonly pollId: string
  readonly optionId: string
  readonly sends: Send[]
  /** Each final answer that it heard: a vote that was sent twice at once has two. */
  readonly answers: VoteAnswer[]
  /** What made its client give up, if anything did. */
  readonly faults: string[]
}

export interface Voters {
  readonly log: readonly LoggedVote[]
  /** Tries that are on the wire just now: sent, and neither answered nor given up. */
  readonly open: () => number
  /** Votes that were sent and have no final answer; their voters may be resting before the next try. */
  readonly unanswered: () => number
  /** The voteIds of which no answer has been heard. */
  readonly hasHeardNothing: () => ReadonlySet<string>
  /** Votes that heard "accepted". */
  readonly accepted: () => number
  /** No new voters from now on; resolves when each has its answer, or the time is over. */
  readonly end: (withinMs: number, signal: AbortSignal) => Promise<void>
  /** Asks as this vote's voter. */
  readonly as: (vote: LoggedVote) => UrnaClient
}

// A person does not wait longer on a line before trying anew; less than the gateway's own 10 s, so that a vote is also
// sent again while the first try of it is still unclear there.
const answerWithinMs = 6_000
const tickMs = 20
// Doors that are all shut for long keep this many waiting: more would be more of the same, and this process also holds
// the wires, which must not starve.
const most = { open: 150, unanswered: 1_000 }
// A voter casts about so many votes: see `visit`.
const votesPerVisit = 2.9

export function startVoters(its: {
  readonly polls: readonly ChaosPoll[]
  /** Addresses of the doors that may be tried now. */
  readonly doors: () => readonly string[]
  readonly sessionSecret: string
  readonly rate: number
  readonly chance: Chance
}): Voters {
  const { polls, chance } = its
  const log: LoggedVote[] = []
  const tokens: string[] = []
  const ending = new AbortController()
  const sessions = makeSessions({ secret: its.sessionSecret, liveForMs: 86_400_000, now: Date.now })
  let unanswered = 0
  let open = 0
  let accepted = 0

  function client(voter: number, onFetch: (door: number) => Send): UrnaClient {
    const storage = memoryStorage()
    const session = { token: tokens[voter] ?? '', expiresAt: new Date(Date.now() + 86_400_000).toISOString() }
    storage.setItem('urna.session', JSON.stringify(session))
    return makeUrnaClient({
      trpcUrl: 'http://door.invalid/trpc',
      storage,
      answerWithinMs,
      giveUpAfterMs: 24 * 3_600_000,
      random: chance.next,
      async fetch(input, init) {
        const doors = its.doors()
        const door = chance.upTo(doors.length - 1)
        const send = onFetch(door)
        open++
        const asked = new URL(input instanceof Request ? input.url : String(input))
        try {
          const answer = await fetch(
            `${doors[door] ?? ''}${asked.pathname}${asked.search}`,
            init as RequestInit,
          )
          send.status = answer.status
          return answer
        } catch (fault) {
          send.why = fault instanceof Error ? fault.message : String(fault)
          throw fault
        } finally {
          open--
          send.doneAt = Date.now()
        }
      },
    })
  }

  function begin(voter: number, poll: ChaosPoll): LoggedVote {
    const optionId = chance.pick(poll.optionIds)
    const { pollId } = poll
    const vote = { ...{ voteId: uuidv7(), voter, pollId, optionId }, sends: [], answers: [], faults: [] }
    log.push(vote)
    return vote
  }

  /** Sends it until it is answered, through whichever door. */
  async function cast(vote: LoggedVote): Promise<void> {
    const { voteId, pollId, optionId } = vote
    const its = client(vote.voter, (door) => {
      const send: Send = { at: Date.now(), door, doneAt: null, status: null, why: null }
      vote.sends.push(send)
      return send
    })
    unanswered++
    try {
      const answer = await its.cast({ pollId, optionId, voteId }, ending.signal)
      if (answer.accepted && !vote.answers.some((before) => before.accepted)) accepted++
      vote.answers.push(answer)
    } catch (fault) {
      vote.faults.push(faultText(fault))
    } finally {
      unanswered--
    }
  }

  /** One person: 1 vote (or 2, of which one is too many) in a poll of one, up to 9 where 7 are allowed, else up to 3. */
  async function visit(): Promise<void> {
    const voter = tokens.push(sessions.start(null).token) - 1
    const poll = chance.pick(polls)
    if (poll.limit === 1) {
      const vote = begin(voter, poll)
      // A double tap: the same vote twice at once, perhaps through two doors.
      await (chance.isIn(0.2) ? Promise.all([cast(vote), cast(vote)]) : cast(vote))
      if (chance.isIn(0.3) && !ending.signal.aborted) await cast(begin(voter, poll))
      return
    }
    const many = 1 + chance.upTo(poll.limit === null ? 2 : poll.limit + 1)
    if (chance.isIn(0.5)) {
      await Promise.all(Array.from({ length: many }, () => cast(begin(voter, poll))))
      return
    }
    for (let i = 0; i < many && !ending.signal.aborted; i++) await cast(begin(voter, poll))
  }

  let due = 0
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    due += ((now - last) / 1_000) * (its.rate / votesPerVisit)
    last = now
    // A machine that was held up does not make up for it in one flood.
    due = Math.min(due, its.rate / 2)
    for (; due >= 1; due--) if (unanswered < most.unanswered && open < most.open) void visit()
  }, tickMs)

  return {
    log,
    open: () => open,
    unanswered: () => unanswered,
    hasHeardNothing: () =>
      new Set(log.flatMap(({ voteId, answers }) => (answers.length === 0 ? [voteId] : []))),
    accepted: () => accepted,
    async end(withinMs, signal) {
      clearInterval(timer)
      const until = Date.now() + withinMs
      while (unanswered > 0 && Date.now() < until && !signal.aborted) await rest(100)
      ending.abort(new Error('the run is over'))
      while (unanswered > 0) await rest(20)
    },
    as: (vote) =>
      client(vote.voter, (door) => ({ at: Date.now(), door, doneAt: null, status: null, why: null })),
  }
}
