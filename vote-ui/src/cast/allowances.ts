/** What this voter may still do in each poll: asked where it matters, and learnt from every answer. */
import { backoffMs } from '../../../contracts/backoff.ts'
import type { Allowance, VoteAnswer } from '../../../contracts/vote.ts'
import type { InBox } from './boxes.ts'

/** What is known of one box, by the server's clock. */
export interface BoxAllowance {
  readonly mayVote: boolean
  /** Votes left at `asOfMs`; null: without limit. */
  readonly remaining: number | null
  /** When the next vote is possible; null: now, or never again. */
  readonly nextAtMs: number | null
  readonly asOfMs: number
}

interface AllowancesParts {
  readonly ask: (pollId: string) => Promise<Allowance>
  /** The server's time, epoch ms. */
  readonly now: () => number
  readonly rest?: (ms: number) => Promise<void>
}

export type Allowances = ReturnType<typeof makeAllowances>

export function makeAllowances({ ask, now, rest = waitFor }: AllowancesParts) {
  const known = new Map<string, BoxAllowance>()
  const voted = new Set<string>()
  const asked = new Set<string>()
  const asking = new Set<string>()
  const askAgain = new Set<string>()
  const listeners = new Set<() => void>()

  const key = ({ pollId, boxId }: Pick<InBox, 'pollId' | 'boxId'>) => `${pollId} ${boxId}`

  function learn(box: Pick<InBox, 'pollId' | 'boxId'>, its: Omit<BoxAllowance, 'asOfMs'>) {
    known.set(key(box), { ...its, asOfMs: now() })
  }
  const tell = () => {
    for (const listener of listeners) listener()
  }

  /** A voter who cannot be told what is left may vote all the same: only the server judges. */
  async function askFor(pollId: string) {
    for (let tries = 1; ; tries++) {
      askAgain.delete(pollId)
      try {
        const { boxes, hasVoted } = await ask(pollId)
        // An answer that was on its way while a vote was judged knows nothing of that vote.
        if (askAgain.has(pollId)) continue
        if (hasVoted) voted.add(pollId)
        else voted.delete(pollId)
        for (const { boxId, mayVote, remaining, nextAt } of boxes)
          learn(
            { pollId, boxId },
            { mayVote, remaining, nextAtMs: nextAt === null ? null : Date.parse(nextAt) },
          )
        return tell()
      } catch {
        await rest(backoffMs(tries))
      }
    }
  }

  function askNow(pollId: string) {
    asked.add(pollId)
    askAgain.add(pollId)
    if (asking.has(pollId)) return
    asking.add(pollId)
    void askFor(pollId).finally(() => asking.delete(pollId))
  }

  return {
    /** Null where nothing is known yet. */
    of: (box: InBox): BoxAllowance | null => known.get(key(box)) ?? null,
    /** Whether this voter is known to have a vote in the poll, from whatever device. */
    hasVoted: (pollId: string): boolean => voted.has(pollId),
    ask: askNow,
    /** Who this voter is has changed: so has what they may do, in every poll that was asked for. */
    askAll: () => {
      for (const pollId of asked) askNow(pollId)
    },
    /** What was known was known of somebody else. */
    forget() {
      known.clear()
      voted.clear()
      tell()
    },
    learn(box: InBox, answer: VoteAnswer) {
      if (answer.accepted) {
        learn(box, { mayVote: true, remaining: answer.remaining, nextAtMs: null })
        // The last vote for now: only the server knows when the oldest one leaves the window.
        if (answer.remaining === 0) askNow(box.pollId)
        else if (asking.has(box.pollId)) askAgain.add(box.pollId)
      } else if (answer.reason === 'limit-reached') {
        const nextAtMs = answer.retryAt === undefined ? null : Date.parse(answer.retryAt)
        learn(box, { mayVote: true, remaining: 0, nextAtMs })
      } else if (answer.reason === 'identity-needed') {
        learn(box, { mayVote: false, remaining: null, nextAtMs: null })
      } else return
      tell()
    },
    follow(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const waitFor = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
