/** The typed client: one session, and one voteId that is stored before the first send and kept through every retry. */
import { createTRPCClient, httpLink, TRPCClientError, type HTTPLinkOptions } from '@trpc/client'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { AppRouter } from '../gateway/api/trpc/router.ts'
import { backoffMs } from './backoff.ts'
import { voteRefusals } from './refusals.ts'
import { receiptShape, sessionShape, type Session, type VoteAnswer } from './vote.ts'

/** Where the client remembers; `localStorage` is one. */
export interface ClientStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

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

/** What a device remembers of its vote in a poll. */
const keptVoteShape = z.object({
  voteId: z.string(),
  optionId: z.string(),
  box: z.string().optional(),
  acceptedAt: z.string().optional(),
  receipt: receiptShape.optional(),
})
export type KeptVote = z.infer<typeof keptVoteShape>

// Sooner than a stream comes back: a person waits for the answer.
const castMs = { first: 250, longest: 8_000 }
// The longest wait that a server may ask for.
const mostAskedMs = 30_000

export type UrnaClient = ReturnType<typeof makeUrnaClient>

export function makeUrnaClient(options: ClientOptions) {
  const storage = options.storage ?? memoryStorage()
  const random = options.random ?? Math.random
  const giveUpAfterMs = options.giveUpAfterMs ?? 120_000
  const answerWithinMs = options.answerWithinMs ?? 15_000
  let starting: Promise<Session> | null = null

  const kept = <T>(key: string, shape: z.ZodType<T>): T | null => {
    const text = storage.getItem(key)
    if (text === null) return null
    try {
      return shape.parse(JSON.parse(text))
    } catch {
      return null
    }
  }
  const session = () => kept('urna.session', sessionShape)

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

  /** Starts a session, or renews the one at hand; calls at the same time share one. */
  function startSession(): Promise<Session> {
    starting ??= inTime(answerWithinMs, (within) => trpc.session.start.mutate(undefined, { signal: within }))
      .then((started) => {
        storage.setItem('urna.session', JSON.stringify(started))
        return started
      })
      .finally(() => {
        starting = null
      })
    return starting
  }

  const voteKey = (pollId: string) => `urna.vote.${pollId}`
  const keptVote = (pollId: string): KeptVote | null => kept(voteKey(pollId), keptVoteShape)

  /**
   * Casts a vote and answers what the gateway said. Retries faults of the network and "come back later" with
   * jitter, honouring retryAt and Retry-After, always with the same voteId. Throws what no retry can mend, and
   * the last fault when `giveUpAfterMs` is over or `signal` ends it.
   */
  async function cast(
    choice: { pollId: string; optionId: string; box?: string; voteId?: string },
    signal?: AbortSignal,
  ): Promise<VoteAnswer> {
    const before = keptVote(choice.pollId)
    const sameChoice = before?.optionId === choice.optionId && before.box === choice.box
    const voteId = choice.voteId ?? (before !== null && sameChoice ? before.voteId : uuidv7())
    const { pollId, optionId, box } = choice
    const vote = { pollId, optionId, voteId, ...(box !== undefined && { box }) }
    storage.setItem(voteKey(pollId), JSON.stringify({ voteId, optionId, box }))

    const giveUpAt = Date.now() + giveUpAfterMs
    for (let tries = 1; ; tries++) {
      let serverWaitMs = 0
      let fault: Error | null = null
      try {
        if (session() === null) await startSession()
        const answer = await inTime(
          answerWithinMs,
          (within) => trpc.vote.cast.mutate(vote, { signal: within }),
          signal,
        )
        if (answer.accepted) {
          const { acceptedAt, receipt } = answer
          storage.setItem(voteKey(pollId), JSON.stringify({ voteId, optionId, box, acceptedAt, receipt }))
          return answer
        }
        if (voteRefusals[answer.reason].status !== 503) {
          // What was accepted before stands; a vote that was refused is no vote to remember.
          if (before?.receipt === undefined) storage.removeItem(voteKey(pollId))
          else storage.setItem(voteKey(pollId), JSON.stringify(before))
          return answer
        }
        if (Date.now() >= giveUpAt) return answer
        if (answer.retryAt !== undefined) serverWaitMs = Date.parse(answer.retryAt) - Date.now()
      } catch (error) {
        const waitMs = await mend(error)
        if (waitMs === null) throw error
        serverWaitMs = waitMs
        fault = error instanceof Error ? error : new Error(String(error))
      }
      signal?.throwIfAborted()
      if (fault !== null && Date.now() >= giveUpAt) throw fault
      // A device whose clock is wrong must not take the server's word for an hour, nor for the past.
      const askedMs = Math.min(Math.max(serverWaitMs, 0), mostAskedMs)
      const waitMs = Math.min(askedMs + backoffMs(tries, castMs, random), Math.max(giveUpAt - Date.now(), 0))
      options.onRetry?.(tries, waitMs)
      await rest(waitMs, signal)
    }
  }

  /** Mends what can be mended, and answers how long to wait at least (ms); null where trying again is no use. */
  async function mend(error: unknown): Promise<number | null> {
    if (!(error instanceof TRPCClientError)) return null
    const { status, reason } = told(error)
    if (reason === 'session-expired') {
      // It keeps its voter when it is renewed; should that fail, the next try comes back here.
      await startSession().catch(() => undefined)
      return 0
    }
    if (reason === 'session-forged' || reason === 'session-missing') {
      storage.removeItem('urna.session')
      return 0
    }
    if (status !== null && status < 500 && !passes4xx.has(status)) return null
    return retryAfterMs(error)
  }

  return { trpc, session, startSession, cast, keptVote }
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

function memoryStorage(): ClientStorage {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

/** A connection whose other end has died without a word would be waited for, for ever: a try ends by itself. */
async function inTime<T>(
  ms: number,
  call: (within: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const over = new AbortController()
  const end = () => over.abort()
  const timer = setTimeout(end, ms)
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted === true) end()
  try {
    return await call(over.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

function rest(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
