/** The typed client: one session, and one voteId that is stored before the first send and kept through every retry. */
import { createTRPCClient, httpLink, TRPCClientError, type HTTPLinkOptions } from '@trpc/client'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { AppRouter } from '../gateway/api/trpc/router.ts'
import { backoffMs } from './backoff.ts'
import { memoryStorage, readKept, type ClientStorage } from './client-storage.ts'
import { inTime, restOrThrow } from './in-time.ts'
import { isSameChoice, keptVotes, wholeReceipt, type WhereKept } from './kept-votes.ts'
import type { BallotBox } from './poll.ts'
import { personTag } from './person-tag.ts'
import { voteRefusals } from './refusals.ts'
import {
  sessionShape,
  type Allowance,
  type AskedVote,
  type Session,
  type VoteAnswer,
  type VoteStatus,
} from './vote.ts'

type LinkOptions = HTTPLinkOptions<AppRouter['_def']['_config']['$types']>

export interface ClientOptions {
  /** Address of tRPC, such as `http://127.0.0.1:3000/trpc`. */
  readonly trpcUrl: string
  readonly storage?: ClientStorage
  readonly adminToken?: string
  /** A cast that finds no answer within this time throws; the vote stays stored for the next try. */
  readonly giveUpAfterMs?: number
  /** How long one try waits for its answer, ms; by default 15 s, the gateway's own 10 s and a slow line. */
  readonly answerWithinMs?: number
  /** Told before each new try: how many there were, and the wait in ms. */
  readonly onRetry?: (tries: number, waitMs: number) => void
  readonly fetch?: NonNullable<LinkOptions['fetch']>
  readonly random?: () => number
}

export interface Choice {
  readonly pollId: string
  readonly optionId: string
  readonly box?: string
  /** As the poll's box says it: a vote of a verified voter is kept for that person alone. */
  readonly voters?: BallotBox['voters']
  /** Made here where it is not given. */
  readonly voteId?: string
  /**
   * A vote besides the one that was accepted before, for boxes that take more than one. While the same choice is kept
   * without its answer it is still that vote, sent again: a second tap on a bad line costs no second vote.
   */
  readonly another?: boolean
}

// Sooner than a stream comes back: a person waits for the answer.
const castMs = { first: 250, longest: 8_000 }
// The longest wait that a server may ask for.
const mostAskedMs = 30_000
export const personPlace = 'urna.person'

export type UrnaClient = ReturnType<typeof makeUrnaClient>

export function makeUrnaClient(options: ClientOptions) {
  const storage = options.storage ?? memoryStorage()
  const random = options.random ?? Math.random
  const giveUpAfterMs = options.giveUpAfterMs ?? 120_000
  const answerWithinMs = options.answerWithinMs ?? 15_000
  /** A tag of whom this device was verified as last; null where it never was. */
  const person = () => readKept(storage, personPlace, z.string())
  const votesIn = (where: WhereKept) => keptVotes(storage, where, person())
  const session = () => readKept(storage, 'urna.session', sessionShape)
  let starting: Promise<Session> | null = null
  let lastTurn: Promise<unknown> = Promise.resolve()

  const trpc = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: options.trpcUrl,
        ...(options.fetch && { fetch: options.fetch }),
        headers() {
          const token = options.adminToken ?? session()?.token
          return token === undefined ? {} : { authorization: `Bearer ${token}` }
        },
      }),
    ],
  })

  /** Calls that change the session follow each other: each sets out from what the one before brought home. */
  function inTurn(call: (within: AbortSignal) => Promise<Session>): Promise<Session> {
    const turn = lastTurn
      .then(() => inTime(answerWithinMs, call))
      .then((changed) => {
        storage.setItem('urna.session', JSON.stringify(changed))
        return changed
      })
    lastTurn = turn.catch(() => undefined)
    return turn
  }

  /** Starts a session, or renews the one at hand; calls at the same time share one. */
  function startSession(): Promise<Session> {
    starting ??= inTurn((signal) => trpc.session.start.mutate(undefined, { signal })).finally(() => {
      starting = null
    })
    return starting
  }

  /**
   * From now on this device votes as the person whom the token vouches for, too. Throws where it is refused. Another
   * token is taken for another person: who it was meanwhile must not see the votes of who it was before.
   */
  const verify = (identityToken: string): Promise<Session> =>
    inTurn(async (signal) => {
      const verified = await trpc.session.verify.mutate({ identityToken }, { signal })
      storage.setItem(personPlace, JSON.stringify(personTag(identityToken)))
      return verified
    })

  /** Asks with a session, and once more with another where that was what was wrong. */
  async function asVoter<T>(ask: (within: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const once = async () => {
      if (session() === null) await startSession()
      return inTime(answerWithinMs, ask, signal)
    }
    return once().catch(async (error: unknown) => {
      if (!(await mendSession(error))) throw error
      return once()
    })
  }

  /** What this voter may still do in a poll. */
  const allowance = (pollId: string, signal?: AbortSignal): Promise<Allowance> =>
    asVoter((within) => trpc.vote.allowance.query({ pollId }, { signal: within }), signal)

  /**
   * What became of a vote; with its receipt also of another voter's. What the answer adds to a receipt of which the place
   * alone was heard is kept, where this device keeps that very vote.
   */
  async function voteStatus(
    vote: AskedVote & Pick<WhereKept, 'box' | 'voters'>,
    signal?: AbortSignal,
  ): Promise<VoteStatus> {
    const { box, voters, ...asked } = vote
    const status = await asVoter((within) => trpc.vote.status.query(asked, { signal: within }), signal)
    if (status.receipt !== undefined)
      votesIn({ pollId: asked.pollId, box, voters }).complete(asked.voteId, status.receipt)
    return status
  }

  /**
   * Casts a vote and answers what the gateway said. Retries faults of the network and "come back later" with
   * jitter, honouring retryAt and Retry-After, always with the same voteId. Throws what no retry can mend, and
   * the last fault when `giveUpAfterMs` is over or `signal` ends it.
   */
  async function cast(choice: Choice, signal?: AbortSignal): Promise<VoteAnswer> {
    const { pollId, optionId, box } = choice
    const castBy = person()
    const votes = votesIn(choice)
    const before = votes.last()
    const wantsAnother = choice.another === true && before?.receipt !== undefined
    const same = before !== null && isSameChoice(before, choice) && !wantsAnother ? before.voteId : null
    const voteId = choice.voteId ?? same ?? uuidv7()
    const vote = { voteId, optionId, ...(box !== undefined && { box }) }
    votes.keep(vote)

    const giveUpAt = Date.now() + giveUpAfterMs
    for (let tries = 1; ; tries++) {
      let serverWaitMs = 0
      let fault: Error | null = null
      // What one person chose is never sent as the vote of the next.
      if (choice.voters === 'verified' && person() !== castBy)
        throw new Error('another person is verified now')
      try {
        if (session() === null) await startSession()
        const answer = await inTime(
          answerWithinMs,
          (within) => trpc.vote.cast.mutate({ pollId, ...vote }, { signal: within }),
          signal,
        )
        if (answer.accepted) {
          const { acceptedAt } = answer
          votes.keep({ ...vote, acceptedAt, receipt: wholeReceipt(answer.receipt, before, voteId) })
          return answer
        }
        if (voteRefusals[answer.reason].status !== 503) {
          votes.takeBack(voteId, before)
          return answer
        }
        if (Date.now() >= giveUpAt) return answer
        if (answer.retryAt !== undefined) serverWaitMs = Date.parse(answer.retryAt) - Date.now()
      } catch (error) {
        const waitMs = await mend(error)
        if (waitMs === null) {
          if (told(error).status !== null) votes.takeBack(voteId, before)
          throw error
        }
        serverWaitMs = waitMs
        fault = error instanceof Error ? error : new Error(String(error))
      }
      signal?.throwIfAborted()
      if (fault !== null && Date.now() >= giveUpAt) throw fault
      // A device whose clock is wrong must not take the server's word for an hour, nor for the past.
      const askedMs = Math.min(Math.max(serverWaitMs, 0), mostAskedMs)
      const waitMs = Math.min(askedMs + backoffMs(tries, castMs, random), Math.max(giveUpAt - Date.now(), 0))
      options.onRetry?.(tries, waitMs)
      await restOrThrow(waitMs, signal)
    }
  }

  /** Mends what can be mended, and answers how long to wait at least (ms); null where trying again is no use. */
  async function mend(error: unknown): Promise<number | null> {
    if (await mendSession(error)) return 0
    if (!(error instanceof TRPCClientError)) return null
    const { status } = told(error)
    if (status !== null && status < 500 && !passes4xx.has(status)) return null
    return retryAfterMs(error)
  }

  /** False where the session is not what was wrong. */
  async function mendSession(error: unknown): Promise<boolean> {
    const { reason } = told(error)
    if (reason === 'session-expired') {
      // It keeps its voter when it is renewed; should that fail, the next try comes back here.
      await startSession().catch(() => undefined)
      return true
    }
    if (reason !== 'session-forged' && reason !== 'session-missing') return false
    storage.removeItem('urna.session')
    return true
  }

  return {
    ...{ trpc, session, person, startSession, verify, allowance, cast, voteStatus },
    keptVote: (where: WhereKept) => votesIn(where).last(),
    unansweredVotes: (where: WhereKept) => votesIn(where).unanswered(),
  }
}

// Too late (a server or a proxy under load gave up on reading the request), too many: the same call may pass later.
const passes4xx: ReadonlySet<number> = new Set([408, 429])

/** The HTTP status and refusal code of an error from tRPC; status null where no answer came. */
export function told(error: unknown): { status: number | null; reason: string | null } {
  const heard = z
    .object({ data: z.object({ httpStatus: z.number(), reason: z.string().nullish() }) })
    .safeParse(error)
  if (heard.success) return { status: heard.data.data.httpStatus, reason: heard.data.data.reason ?? null }
  const response = responseOf(error)
  return { status: response?.status ?? null, reason: null }
}

function responseOf(error: unknown): Response | null {
  if (!(error instanceof TRPCClientError)) return null
  const response: unknown = error.meta?.['response']
  return response instanceof Response ? response : null
}

/** Retry-After in ms, given in seconds or as a date; 0 where there is none. */
function retryAfterMs(error: unknown): number {
  const header = responseOf(error)?.headers.get('retry-after')
  if (header == null) return 0
  const seconds = Number(header)
  return Number.isFinite(seconds) ? seconds * 1000 : Math.max(0, Date.parse(header) - Date.now() || 0)
}
